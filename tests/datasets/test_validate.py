from dataclasses import replace

import numpy as np
import pytest

from taskfit.bundle import find, load
from taskfit.datasets import validate
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS

HEADER = "task,label,role,split,family,empathy,presence,judgement,creativity,leadership"


@pytest.fixture
def check(csv_file):
    def run(*rows, encoder=None):
        return validate(read_labelled(csv_file("\n".join([HEADER, *rows])), lenient=True), encoder=encoder)

    return run


def kinds(problems):
    return [problem.kind for problem in problems]


def test_a_sound_file_has_no_problem(check):
    assert check("match it,automatable,clerk,train,,0,0,0,0,0", "lift him,human-essential,nurse,test,,1,2,0,0,0") == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,robotic,clerk,train,,0,0,0,0,0", "unknown label 'robotic': a label is one of"),
        ("a,Human essential,clerk,train,,0,0,0,0,0", "write 'human-essential'"),
        ("a,automatable,clerk,train,,0,3,0,0,0", "presence is '3'; a driver rating is 0, 1 or 2"),
        ("a,human-essential,clerk,train,,1,1,1,1,1", "no driver is decisive"),
        ("a,automatable,clerk,train,,0,2,0,0,0", "presence is decisive"),
        ("a,automatable,clerk,holdout,,0,0,0,0,0", "unknown split 'holdout'"),
    ],
)
def test_rows_against_the_schema_are_told_with_their_line(check, row, message):
    (problem,) = check(row)
    assert problem.kind == "schema"
    assert problem.error
    assert problem.lines == (2,)
    assert message in problem.message


def test_a_row_that_is_too_short_or_too_long_is_told_with_its_line(check):
    sound = "a,automatable,clerk,train,,0,0,0,0,0"
    problems = check(sound, "b,automatable,clerk", sound.replace("a,", "c,", 1) + ",1,2")
    assert [(problem.kind, problem.lines, problem.error) for problem in problems] == [
        ("schema", (3,), True), ("schema", (4,), True)
    ]  # fmt: skip


def test_a_text_with_two_labels_is_a_contradiction(check):
    (problem,) = check("Match it,automatable,clerk,train,,0,0,0,0,0", "match it.,augmentable,clerk,train,,0,0,0,0,0")
    assert (problem.kind, problem.lines, problem.error) == ("contradiction", (2, 3), True)


def test_the_same_text_in_another_role_may_have_another_label(check):
    rows = ("Handle complaints,human-essential,hospice receptionist,train,,2,0,0,0,0",)
    rows += ("Handle complaints,augmentable,parcel hotline agent,train,,1,0,0,0,0",)
    assert check(*rows) == []


def test_a_repeated_row_is_a_duplicate(check):
    (problem,) = check("a b,automatable,clerk,train,,0,0,0,0,0", "A b,automatable,clerk,train,,0,0,0,0,0")
    assert (problem.kind, problem.error) == ("duplicate", False)


@pytest.mark.parametrize(
    ("one", "two", "what"),
    [
        ("a,automatable,clerk,train,,0,0,0,0,0", "b,automatable,Clerk,test,,0,0,0,0,0", "role 'clerk'"),
        ("a,automatable,clerk,train,f1,0,0,0,0,0", "b,automatable,nurse,dev,f1,0,0,0,0,0", "family 'f1'"),
        ("a,automatable,clerk,train,,0,0,0,0,0", "A.,automatable,nurse,dev,,0,0,0,0,0", "text 'a'"),
    ],
)
def test_what_stands_in_two_splits_is_a_leak(check, one, two, what):
    (problem,) = check(one, two)
    assert (problem.kind, problem.error) == ("leak", True)
    assert what in problem.message


def test_near_duplicates_are_found_but_not_within_a_family(check, encoder):
    rows = [
        "Match supplier invoices to purchase orders,automatable,clerk,train,{0},0,0,0,0,0",
        "Match supplier invoices with purchase orders,automatable,clerk,train,{0},0,0,0,0,0",
    ]
    (problem,) = check(*(row.format("") for row in rows), encoder=encoder)
    assert (problem.kind, problem.lines) == ("near_duplicate", (2, 3))
    assert check(*(row.format("f1") for row in rows), encoder=encoder) == []


def test_near_duplicates_in_two_splits_are_a_leak(check, encoder):
    (problem,) = check(
        "Match supplier invoices to purchase orders,automatable,clerk,train,,0,0,0,0,0",
        "Match supplier invoices with purchase orders,automatable,buyer,test,,0,0,0,0,0",
        encoder=encoder,
    )
    assert (problem.kind, problem.error) == ("leak", True)


def test_a_planted_wrong_label_is_doubted(csv_file, labelled_rows, word_encoder):
    lines = ["task,label,role", *(",".join(row) for row in labelled_rows)]
    lines[1] = lines[1].replace("automatable", "human-essential")
    found = validate(read_labelled(csv_file("\n".join(lines))), encoder=word_encoder)
    assert [problem.lines for problem in found if problem.kind == "doubted"] == [(2,)]


def test_the_shipped_corpus_has_no_error(root):
    tasks = read_labelled(root / "data" / "tasks.csv")
    assert [problem for problem in validate(tasks) if problem.error] == []


def test_planted_mistakes_are_mostly_found_and_little_else(root):
    random = np.random.default_rng(0)
    tasks = read_labelled(root / "data" / "tasks.csv").split("dev", "test")
    planted = set(random.choice(len(tasks), size=len(tasks) // 40, replace=False).tolist())
    labels = [
        str(random.choice([other for other in LABELS if other != label])) if row in planted else label
        for row, label in enumerate(tasks.labels)
    ]
    tasks = replace(tasks, labels=labels, drivers=None)
    doubted = {
        tasks.lines.index(line)
        for problem in validate(tasks, encoder=load(find(), tier="fast").tier.encoder)
        if problem.kind == "doubted"
        for line in problem.lines
    }
    assert len(doubted & planted) >= 0.6 * len(planted)
    assert len(doubted & planted) >= 0.4 * len(doubted)


def test_errors_stand_before_doubts_each_in_the_order_of_the_file(check):
    problems = check(
        "a,automatable,clerk,train,,0,0,0,0,0", "a,automatable,clerk,train,,0,0,0,0,0",
        "b,robotic,clerk,train,,0,0,0,0,0", "c,human-essential,clerk,train,,0,0,0,0,0",
    )  # fmt: skip
    assert [(problem.error, problem.lines) for problem in problems] == [(True, (4,)), (True, (5,)), (False, (2, 3))]


def test_a_row_may_have_several_problems(check):
    problems = check("a,robotic,clerk,holdout,,7,7,0,0,0")
    assert len(problems) == 4
    assert {problem.lines for problem in problems} == {(2,)}


def test_a_file_against_the_schema_is_not_searched_for_meaning(check):
    class Untouched:
        def encode(self, texts):
            raise AssertionError("read a file that is not sound")

    assert kinds(check("a,robotic,clerk,train,,0,0,0,0,0", encoder=Untouched())) == ["schema"]


def test_too_few_tasks_are_not_doubted(check, word_encoder):
    rows = ("match it now,automatable,clerk,train,,0,0,0,0,0", "lift a patient,human-essential,nurse,train,,0,2,0,0,0")
    assert check(*rows, encoder=word_encoder) == []
    assert check(rows[0], encoder=word_encoder) == []


def test_an_augmentable_task_may_or_may_not_have_a_decisive_driver(check):
    assert check("a,augmentable,clerk,train,,2,0,0,0,0", "b,augmentable,clerk,train,,0,0,0,0,0") == []


def test_three_rows_that_contradict_are_one_problem(check):
    rows = (
        "Post it,automatable,a,train,,0,0,0,0,0",
        "post it,augmentable,A,train,,0,0,0,0,0",
        "Post it.,human-essential,a,train,,2,0,0,0,0",
    )
    (problem,) = check(*rows)
    assert problem.lines == (2, 3, 4)
    assert problem.message == "'Post it' is augmentable and automatable and human-essential"


def test_without_labels_of_the_schema_files_of_two_columns_are_checked(csv_file):
    (problem,) = validate(read_labelled(csv_file("task,label\nPost it,Automatable\n")))
    assert problem.message == "unknown label 'Automatable': write 'automatable'"
