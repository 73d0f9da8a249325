import pytest

from taskfit.errors import ColumnError
from taskfit.inventory import Row, role_column, text_column


def sample(*rows):
    return [Row(tuple(cells), line) for line, cells in enumerate(rows, start=2)]


@pytest.mark.parametrize(
    "name",
    [
        "task",
        "Task",
        "TASK",
        "task_description",
        "Task Description",
        "taskDescription",
        "Tasks",
        "activity",
        "description",
    ],
)
def test_the_text_column_is_found_by_name_in_any_case(name):
    assert text_column(["id", name, "hours"], []) == name


def test_a_better_name_wins():
    assert text_column(["description", "task"], []) == "task"
    assert text_column(["text", "Activity"], []) == "Activity"


def test_two_equally_good_names_are_ambiguous():
    with pytest.raises(ColumnError, match="'task', 'Task description'"):
        text_column(["task", "Task description"], [])


def test_the_one_column_that_reads_like_text_is_found():
    rows = sample(("1", "Match supplier invoices to orders", "Finance"), ("2", "Call back unhappy customers", "CX"))
    assert text_column(["nr", "was", "bereich"], rows) == "was"


def test_two_columns_that_read_like_text_are_ambiguous():
    rows = sample(*[(f"Match supplier invoices number {n}", f"to be done at the end of day {n}") for n in range(6)])
    with pytest.raises(ColumnError, match="--text COL"):
        text_column(["a", "b"], rows)


def test_no_column_that_reads_like_text_lists_them_all():
    with pytest.raises(ColumnError, match="'id', 'hours'"):
        text_column(["id", "hours"], sample(("1", "3.5"), ("2", "4")))


def test_a_single_column_is_the_text():
    assert text_column(["was"], []) == "was"


def test_a_named_column_is_taken_in_any_case():
    assert text_column(["Aufgabe", "task"], [], "aufgabe") == "Aufgabe"


def test_a_misspelt_column_suggests_the_near_one():
    with pytest.raises(ColumnError, match="did you mean 'Task'"):
        text_column(["Task", "Hours"], [], "Tusk")


def test_numbers_in_a_typed_column_are_no_text():
    with pytest.raises(ColumnError):
        text_column(["a", "b"], sample((1, 2.5), (3, None)))


@pytest.mark.parametrize(
    ("columns", "role"), [(["Role", "title"], "Role"), (["occupation"], "occupation"), (["x"], None)]
)
def test_the_role_column_is_found_or_left_out(columns, role):
    assert role_column(columns) == role


def test_two_role_columns_are_left_out_and_a_missing_named_one_refused():
    assert role_column(["role", "job title"]) is None
    with pytest.raises(ColumnError, match="--role"):
        role_column(["role"], "rank")


@pytest.mark.parametrize(("columns", "wanted"), [(["task", "task"], "task"), (["Task", "TASK"], "task")])
def test_a_name_that_two_columns_have_is_refused(columns, wanted):
    with pytest.raises(ColumnError, match=f"2 columns are called '{wanted}': give them different names"):
        text_column(columns, [], wanted)


def test_the_exact_name_wins_over_one_in_another_case():
    assert text_column(["Task", "task"], [], "task") == "task"


@pytest.mark.parametrize("columns", [[], [""], [" "]])
def test_no_column_worth_the_name_is_refused(columns):
    with pytest.raises(ColumnError, match="no column reads like tasks"):
        text_column(columns, [])


def test_rows_with_a_problem_do_not_say_what_a_column_is():
    torn = [Row(("Match supplier invoices to orders", "1"), 2, "1 of 2 fields")] * 9
    with pytest.raises(ColumnError, match="no column reads like tasks"):
        text_column(["a", "b"], torn)


def test_a_column_that_is_mostly_empty_is_not_the_text():
    rows = sample(*[("", "Match invoices of batch " + str(n)) for n in range(8)], ("a rare and long remark", "Post it"))
    assert text_column(["a", "b"], rows) == "b"


def test_a_named_column_that_is_nowhere_near_lists_what_there_is():
    with pytest.raises(ColumnError, match=r"no column 'xyz': the file has 'task', 'n'; name one with --text"):
        text_column(["task", "n"], [], "xyz")
