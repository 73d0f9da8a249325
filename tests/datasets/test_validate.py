import pytest

from taskfit.datasets import validate
from taskfit.labelled import read_labelled

HEADER = "task,label,role,split,family,empathy,presence,judgement,creativity,leadership"


@pytest.fixture
def check(csv_file):
    def run(*rows, encoder=None):
        tasks = read_labelled(csv_file("\n".join([HEADER, *rows])))
        return validate(tasks, families=tasks.families, encoder=encoder)

    return run


def kinds(problems):
    return [problem.kind for problem in problems]


def test_a_sound_file_has_no_problem(check):
    assert check("match it,automatable,clerk,train,,0,0,0,0,0", "lift him,human-essential,nurse,test,,1,2,0,0,0") == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,robotic,clerk,train,,0,0,0,0,0", "unknown label 'robotic'"),
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
    assert [problem for problem in validate(tasks, families=tasks.families) if problem.error] == []
