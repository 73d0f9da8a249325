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
