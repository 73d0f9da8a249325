import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import LabelledDataError
from taskfit.evaluation import check_labelled, grouped_folds
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
