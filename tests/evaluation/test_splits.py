from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import LabelledDataError
from taskfit.evaluation import (
    Leak,
    check_labelled,
    grouped_folds,
    leaks,
    refuse_unknown,
    right_spelling,
    sides,
    with_splits,
)
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.text import key


def test_no_role_and_no_text_is_on_both_sides(labelled_rows):
    texts, labels, roles = map(list, zip(*labelled_rows, strict=True))
    texts[5] = texts[40]  # a text that two roles share ties the roles together
    for train, test in grouped_folds(texts, labels, roles):
        assert not {roles[row] for row in train} & {roles[row] for row in test}
        assert not {key(texts[row]) for row in train} & {key(texts[row]) for row in test}


def test_every_task_is_tested_once(labelled_rows):
    texts, labels, roles = zip(*labelled_rows, strict=True)
    tested = np.concatenate([test for _, test in grouped_folds(texts, labels, roles)])
    assert sorted(tested) == list(range(len(texts)))


rows = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(LABELS), st.sampled_from("uvwxyz")), min_size=20)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_leaks_are_impossible_whatever_the_data(data):
    texts, labels, roles = map(list, zip(*data, strict=True))
    try:
        folds = grouped_folds(texts, labels, roles)
    except LabelledDataError:
        return
    for train, test in folds:
        assert not {texts[row] for row in train} & {texts[row] for row in test}
        assert not {roles[row] for row in train} & {roles[row] for row in test}


def test_without_groups_only_repeated_texts_are_tied():
    texts = [f"task {n // 2}" for n in range(60)]
    folds = grouped_folds(texts, [LABELS[(n // 2) % 3] for n in range(60)])
    assert len(folds) == 5
    for train, test in folds:
        assert not {texts[row] for row in train} & {texts[row] for row in test}


def test_fewer_folds_are_made_where_a_label_has_few_groups():
    roles = ["a"] * 10 + ["b"] * 10 + ["c"] * 10
    labels = [LABELS[n % 3] for n in range(30)]
    assert len(grouped_folds([f"t{n}" for n in range(30)], labels, roles)) == 3


def test_one_group_for_all_is_refused_in_plain_words():
    with pytest.raises(LabelledDataError, match="share one group or text"):
        grouped_folds([f"t{n}" for n in range(30)], [LABELS[n % 3] for n in range(30)], ["a"] * 30)


def labelled(counts):
    labels = [label for label, count in counts.items() for _ in range(count)]
    return [f"task {n}" for n in range(len(labels))], labels


def test_usable_labels_are_summed_up():
    summary = check_labelled(*labelled(dict.fromkeys(LABELS, 12)))
    assert summary.n == summary.distinct == 36
    assert summary.counts == dict.fromkeys(LABELS, 12)
    assert summary.warnings() == []


def test_contradictory_duplicates_are_counted_and_shown_with_their_lines():
    texts, labels = labelled(dict.fromkeys(LABELS, 12))
    texts[20], texts[30] = "Task 3.", "task 3"
    summary = check_labelled(texts, labels, lines=[n + 2 for n in range(36)])
    assert summary.contradictions == 1
    assert "1 of 34 distinct tasks carry different labels" in summary.warnings()[0]
    assert "automatable in line 5, augmentable in line 22, human-essential in line 32" in summary.warnings()[1]


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        ([], [], "no labelled tasks"),
        (*labelled({"automatable": 20}), "every task is automatable"),
        (*labelled({"automatable": 20, "augmentable": 20, "human-essential": 3}), "human-essential: at least 10.*3"),
        (["a", "b"], ["automatable", "robot"], "unknown label 'robot' in line 2: .*automatable, augmentable, human"),
    ],
)
def test_what_cannot_work_is_refused_in_plain_words(texts, labels, message):
    with pytest.raises(LabelledDataError, match=message):
        check_labelled(texts, labels)


@pytest.mark.parametrize("label", ["Automatable", "AUGMENTABLE ", "human essential", "Human_Essential"])
def test_a_label_in_other_letters_is_told_how_it_is_spelt(label):
    right = label.strip().lower().replace(" ", "-").replace("_", "-")
    with pytest.raises(LabelledDataError, match=f"mine.csv: unknown label '{label}' in line 7: write '{right}'"):
        refuse_unknown([label], [7], "mine.csv")


def test_what_stands_in_two_splits_of_a_file_is_told(csv_file):
    rows = ("task,label,role,group,split", "a,automatable,clerk,hr,train", "b,automatable,Clerk,it,test",
            "A.,automatable,,it,test", "c,automatable,nurse,it,dev")  # fmt: skip
    found = leaks(read_labelled(csv_file("\n".join(rows))))
    assert [str(leak) for leak in found] == [
        "role 'clerk' is in train and in test", "group 'it' is in test and in dev", "text 'a' is in train and in test"
    ]  # fmt: skip
    assert leaks(read_labelled(csv_file("task,label\na,automatable\nA,automatable\n", "plain.csv"))) == []


@pytest.mark.parametrize(
    ("label", "advice"),
    [
        ("AUTOMATABLE", "write 'automatable'"),
        (" human__essential ", "write 'human-essential'"),
        ("human - essential", "write 'human-essential'"),
        ("humanessential", "a label is one of automatable, augmentable, human-essential"),
        ("", "a label is one of"),
    ],
)
def test_a_misspelt_label_is_spelt_and_another_is_answered_with_all(label, advice):
    assert right_spelling(label).startswith(advice)


def test_many_unknown_labels_are_named_by_the_first_and_counted():
    labels = ["x"] * 8 + ["y", "automatable", "z"]
    with pytest.raises(LabelledDataError, match=r"^unknown label 'x' in line 2, 3, 4, 5, 6, \.\.\. \(and 2 other"):
        refuse_unknown(labels, range(2, 13))
    refuse_unknown(LABELS, [1, 2, 3])


def test_contradictions_are_counted_in_full_and_shown_in_part():
    texts = [f"task {n // 2}" for n in range(40)]
    summary = check_labelled(texts, [LABELS[n % 2] for n in range(40)])
    assert (summary.contradictions, summary.distinct, len(summary.examples)) == (20, 20, 5)
    assert summary.examples[0] == "'task 0': automatable in line 1, augmentable in line 2"


def test_a_label_may_have_as_few_tasks_as_is_allowed():
    few = labelled(dict.fromkeys(LABELS, 2))
    assert check_labelled(*few, minimum_per_class=2).counts == dict.fromkeys(LABELS, 2)
    with pytest.raises(LabelledDataError, match="at least 3 a label are needed; there are automatable 2, augmentable"):
        check_labelled(*few, minimum_per_class=3)


def test_two_labels_of_the_three_are_enough():
    assert check_labelled(*labelled({"automatable": 10, "augmentable": 10})).n == 20


def test_a_group_for_every_task_still_holds_repeated_texts_together():
    texts = [f"Task {n % 15}." if n % 2 else f"task {n % 15}" for n in range(60)]
    for train, test in grouped_folds(texts, [LABELS[n % 3] for n in range(60)], list(range(60))):
        assert not {key(texts[row]) for row in train} & {key(texts[row]) for row in test}


def test_the_scarce_label_is_named_where_no_fold_is_possible():
    texts = [f"t{n}" for n in range(12)]
    labels = ["automatable"] * 6 + ["augmentable"] * 6
    with pytest.raises(LabelledDataError, match=r"all augmentable tasks share one group or text.*--group"):
        grouped_folds(texts, labels, [*range(6), *["one"] * 6])


def test_a_leak_tells_where_it_is_first_seen(csv_file):
    rows = ("task,label,family,split", "a,automatable,f,train", "b,automatable,f,train", "c,automatable,F ,dev",
            "d,automatable,f,test", "e,automatable,,dev", "g,automatable,,train")  # fmt: skip
    (leak,) = leaks(read_labelled(csv_file("\n".join(rows))))
    assert leak == Leak("family", "f", ("train", "dev"), (0, 2))
    assert str(leak) == "family 'f' is in train and in dev"


@pytest.fixture
def split(csv_file, labelled_rows):
    """Return a reader of tasks whose splits are given by role."""

    def read(**by_role):
        lines = [f"{task},{label},{role},{by_role.get(role, 'train')}" for task, label, role in labelled_rows]
        return read_labelled(csv_file("\n".join(["task,label,role,split", *lines])))

    return read


@pytest.mark.parametrize("own", [{}, {"tutor": "test"}, {"tutor": "dev"}, {"tutor": "test", "warden": "dev"}])
def test_splits_that_lack_are_made_of_what_teaches(split, own):
    tasks = split(**own)
    made = with_splits(tasks, 0)
    assert set(made.splits) == {"train", "dev", "test"}
    assert [name for name, was in zip(made.splits, tasks.splits, strict=True) if was != "train"] == [
        was for was in tasks.splits if was != "train"
    ]
    assert leaks(made) == []


def test_without_a_column_of_splits_all_three_are_made(split):
    whole = split()
    bare = with_splits(replace(whole, splits=None), 0)
    assert bare.splits == with_splits(whole, 0).splits
    assert 0.1 < bare.splits.count("test") / len(bare) < 0.3


def test_a_file_that_cannot_be_split_is_named(csv_file):
    rows = [f"t{n},{LABELS[n % 3]},clerk" for n in range(30)]
    one_role = read_labelled(csv_file("\n".join(["task,label,role", *rows])))
    with pytest.raises(LabelledDataError, match=rf"^{one_role.source}: all .* tasks share one group"):
        with_splits(one_role, 0)


def test_what_is_tested_and_learned_from_in_two_files_is_told(csv_file):
    rows = ["task,label,role,split", "File notes,automatable,clerk,train", "Shear sheep,human-essential,shearer,test"]
    one = read_labelled(csv_file("\n".join(rows)))
    apart = replace(
        one, texts=["Weld", "Mow"], roles=["welder", "gardener"], groups=["welder", "gardener"], splits=None
    )
    assert sides([one]) == sides([one, apart]) == "no role on two sides"
    assert sides([one, replace(apart, texts=["Weld", "shear  sheep"])]) == (
        "but text 'shear sheep' is in test and in train, which flatters the figures"
    )
    both = sides([one, replace(one, splits=["train", "dev"])])
    assert both == "but role 'shearer' is in test and in train and 1 more, which flatters the figures"
