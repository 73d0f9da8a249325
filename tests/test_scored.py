import warnings

import pytest

from taskfit.errors import ColumnError, InventoryError
from taskfit.inventory.numbers import read_numbers
from taskfit.scored import group_columns, hours_columns, owners, read_scored, said, weigh
from tests.scored_files import scored_csv, team

SURE = [0.9, 0.05, 0.05]


def tasks_of(csv_file, cells, columns, texts=("Post invoices", "Send reminders", "Sort the post", "File contracts")):
    """A scored inventory with a task a row and the given cells behind it."""
    rows = [((*own[:2], text, *own[2:]), SURE, "", False, "ok") for own, text in zip(cells, texts, strict=False)]
    return read_scored(scored_csv(csv_file, rows, ("team", "role", "task", *columns)))


def test_weights_come_from_a_column_a_product_or_count_tasks(csv_file):
    rows = [(("A", "clerk", "Post invoices", "30", "1 000,5"), [0.9, 0.05, 0.05], "", False, "ok"),
            (("A", "clerk", "Send reminders", "", "2"), [0.9, 0.05, 0.05], "", False, "ok")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", "minutes", "times")))
    assert weigh(tasks).unit == "tasks"
    product = weigh(tasks, hours="minutes*times/60")
    assert product.values.tolist() == pytest.approx([30 * 1000.5 / 60, 0])
    assert product.missing == [1]
    with pytest.raises(InventoryError, match="team holds no number"):
        weigh(tasks, hours="team")


def test_an_inventory_that_was_not_scored_says_so(csv_file):
    with pytest.raises(InventoryError, match="run taskfit score"):
        read_scored(csv_file("task,hours\nPost,1\n"))


def read(*cells):
    values = read_numbers(cells, column="hours", source="s.csv", lines=list(range(2, 2 + len(cells))))
    return [None if value != value else value for value in values.tolist()]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "2"], [1.5, 2]),
        (["1,234.5", "7"], [1234.5, 7]),
        (["1.234,50", "7"], [1234.5, 7]),
        (["1,234", "2.5"], [1234, 2.5]),
        (["1,234", "1,234,567"], [1234, 1234567]),
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1.234", "2,5"], [1234, 2.5]),
        (["1.234", "12.5"], [1.234, 12.5]),
        (["1.234", "7"], [1.234, 7]),
        (["1\u202f234,5", "1'234"], [1234.5, 1234]),
        (["40 %", "3h", "1e3", "-2", ".5"], [40, 3, 1000, -2, 0.5]),
        (["inf", "nan", "2:30", "1,2,3", "1.2.3", "", "about 3"], [None] * 7),
    ],
)  # fmt: skip
def test_decimal_and_group_signs_are_decided_once_a_column(cells, values):
    assert read(*cells) == values


def test_a_number_that_can_be_read_two_ways_is_refused_with_both():
    with pytest.raises(
        InventoryError, match=r"s\.csv, line 3: hours holds 1,234, which may mean 1234 or 1\.234; write"
    ):
        read("7", "1,234")
    with pytest.raises(InventoryError, match="may mean"):
        read("2,5", "2.5", "1.234")


def test_people_of_a_role_are_counted_once_however_many_tasks_they_have(csv_file):
    cells = [("A", "clerk", 30, 6), ("A", "clerk", 10, 6), ("A", "lead", 10, 1), ("B", "clerk", 10, 2)]
    weights = weigh(tasks_of(csv_file, cells, ("hours", "FTE")), fte="FTE")
    assert weights.values.tolist() == pytest.approx([4.5, 1.5, 1, 2])
    assert "spread over its tasks by hours" in weights.source
    assert weights.notes == ()
    even = weigh(tasks_of(csv_file, [(*own[:2], own[3]) for own in cells], ("FTE",)), fte="FTE")
    assert even.values.tolist() == pytest.approx([3, 3, 1, 2])
    assert "evenly" in even.source


def test_a_site_named_as_a_group_parts_the_people_of_a_role(csv_file):
    cells = [("A", "clerk", "Kyiv", 6), ("A", "clerk", "Kyiv", 6), ("A", "clerk", "Porto", 2)]
    tasks = tasks_of(csv_file, cells, ("site", "FTE"))
    assert weigh(tasks, fte="FTE", by=["site"]).values.tolist() == pytest.approx([3, 3, 2])
    assert "as given for each task" in weigh(tasks, fte="FTE").notes[0]


def test_fte_that_differ_within_a_role_are_taken_as_given_with_a_warning(csv_file):
    weights = weigh(tasks_of(csv_file, [("A", "clerk", "0,5"), ("A", "clerk", "1,5")], ("FTE",)), fte="FTE")
    assert weights.values.tolist() == [0.5, 1.5]
    assert "count many times" in weights.notes[0]


def test_zero_and_a_division_by_zero_are_missing_without_a_complaint(csv_file):
    tasks = tasks_of(csv_file, [("A", "clerk", 0, 1), ("A", "clerk", 3, 0), ("A", "clerk", 3, 2)], ("hours", "times"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert weigh(tasks, hours="hours/times").missing == [0, 1]
    assert weigh(tasks).missing == [0]


def test_two_columns_of_hours_are_both_named(csv_file):
    weights = weigh(tasks_of(csv_file, [("A", "clerk", 1, 4)], ("hours per week", "hours per month")))
    assert weights.unit == "tasks"
    assert "hours per week, hours per month; name one with --hours" in weights.notes[0]


def test_shares_are_parts_of_the_whole_time_of_a_role(csv_file):
    per_cent = weigh(tasks_of(csv_file, [("A", "clerk", "60%"), ("A", "clerk", "40")], ("share",)), share="share")
    parts = weigh(tasks_of(csv_file, [("A", "clerk", "0.6"), ("A", "clerk", "0,4")], ("share",)), share="share")
    for weights in (per_cent, parts):
        assert weights.values.tolist() == pytest.approx([0.6, 0.4])
    assert said(0.6, "share") == "60 % of a role"
    assert (said(1, "tasks"), said(12.4, "hours"), said(1.25, "FTE")) == ("1 task", "12 hours", "1.2 FTE")


LIKELY = [0.96, 0.03, 0.01]


def one(csv_file, status="ok", label="automatable", chances=LIKELY, **own):
    own = {"task": "Post invoices", **own}
    rows = [(tuple(own.values()), list(chances), "", False, status, label)]
    return read_scored(scored_csv(csv_file, rows, tuple(own)))


def test_every_field_has_one_entry_a_row(csv_file):
    tasks = read_scored(team(csv_file))
    fields = (tasks.texts, tasks.roles, tasks.labels, tasks.statuses, tasks.notes, tasks.decisive, tasks.lines)
    assert {len(field) for field in fields} == {len(tasks)} == {7}
    assert tasks.probabilities.shape == (7, 3)
    assert tasks.drivers.shape == (7, 5)
    assert tasks.scored.tolist() == [True] * 6 + [False]
    assert tasks.lines == list(range(2, 9))
    assert list(tasks.columns) == ["team", "role", "task", "hours"]


def test_a_file_with_a_header_alone_has_no_rows(csv_file):
    tasks = read_scored(scored_csv(csv_file, [], ("task",)))
    assert len(tasks) == 0
    assert tasks.probabilities.shape == (0, 3)
    assert tasks.chances.shape == (0, 3)
    assert tasks.overruled.shape == (0,)
    assert weigh(tasks).values.shape == (0,)


def test_what_a_person_decided_is_certain(csv_file):
    assert one(csv_file, "reviewed", "human-essential").chances.tolist() == [[0, 0, 1]]


def test_what_a_barrier_holds_has_no_chance_of_being_automatable(csv_file):
    assert one(csv_file, "barred", "augmentable").chances[0] == pytest.approx([0, 0.99, 0.01])


def test_reading_chances_leaves_what_the_model_said(csv_file):
    tasks = one(csv_file, "reviewed", "human-essential")
    assert tasks.chances is not None
    assert tasks.probabilities[0] == pytest.approx(LIKELY)


@pytest.mark.parametrize(
    ("chances", "status", "label", "overruled"),
    [
        ([0.0, 0.1, 0.9], "reviewed", "automatable", True),
        ([0.0, 0.1, 0.9], "reviewed", "augmentable", True),
        ([0.0, 0.1, 0.9], "reviewed", "human-essential", False),
        (LIKELY, "reviewed", "human-essential", False),
        ([0.0, 0.1, 0.9], "ok", "automatable", False),
    ],
)
def test_overruled_means_toward_technology_and_by_a_person(csv_file, chances, status, label, overruled):
    assert one(csv_file, status, label, chances).overruled.tolist() == [overruled]


def test_a_column_is_found_in_any_case_and_its_absence_is_told(csv_file):
    tasks = read_scored(team(csv_file))
    assert tasks.column(" TEAM ")[:1] == ["North"]
    with pytest.raises(ColumnError, match="has no column 'Site': it has team, role, task, hours"):
        tasks.column("Site")


def test_a_score_that_is_no_number_is_named_with_its_line(csv_file):
    source = team(csv_file)
    source.write_text(source.read_text("utf-8").replace('"0.92"', '"0,92"'), encoding="utf-8")
    with pytest.raises(
        InventoryError, match="line 5: fit_p_augmentable is '0,92', not a number from 0 to 1; score the inventory"
    ):
        read_scored(source)


@pytest.mark.parametrize("column", ["fit_label", "fit_p_human_essential", "fit_review", "fit_status"])
def test_a_missing_column_of_scoring_is_named(csv_file, column):
    source = team(csv_file)
    source.write_text(source.read_text("utf-8").replace(column, "x", 1), encoding="utf-8")
    with pytest.raises(InventoryError, match=f"has no {column}: run taskfit score on it first"):
        read_scored(source)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("ward", "role", "task"), ["ward", "role"]),
        (("Business_Unit", "task"), ["Business_Unit"]),
        (("role", "task"), ["role"]),
        (("unit", "department", "task"), ["department"]),
        (("remark", "task"), []),
    ],
)
def test_groups_are_a_team_and_a_role_where_there_are_such_columns(csv_file, columns, found):
    tasks = read_scored(scored_csv(csv_file, [(columns, LIKELY, "", False, "ok")], columns), text="task")
    assert group_columns(tasks) == found


@pytest.mark.parametrize(
    "name", ["hours", "Hour", "hours per week", "Hours_a_month", "hrs per week", "Weekly hours", "hours/year"]
)
def test_columns_named_like_hours_are_hours(csv_file, name):
    tasks = one(csv_file, **{name: "3"})
    assert hours_columns(tasks) == [name]
    assert weigh(tasks).source == f"column {name}"


@pytest.mark.parametrize("name", ["office hours desk", "after-hours", "hourly rate", "h", "Stunden"])
def test_other_columns_are_no_hours(csv_file, name):
    assert hours_columns(one(csv_file, **{name: "3"})) == []


def test_rows_belong_to_a_team_and_a_role_or_to_nobody(csv_file):
    tasks = read_scored(team(csv_file))
    assert owners(tasks)[0] == ("North", "clerk")
    assert owners(tasks, ["hours"])[0] == ("North", "clerk", "10")
    assert owners(one(csv_file)) == [()]


@pytest.mark.parametrize(
    ("expression", "value"),
    [("a*b", 60), ("a * b / 60", 1), ("a/2", 15), ("2*a", 60), ("A*B", 60), ("a/b/3", 5)],
)
def test_a_product_is_read_from_the_left(csv_file, expression, value):
    assert weigh(one(csv_file, a="30", b="2"), hours=expression).values.tolist() == [value]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("-3", "line 2: effort is negative; mend it"),
        ("0", "holds no number above 0"),
        ("lots", "holds no number above 0"),
    ],
)
def test_a_weight_that_weighs_nothing_is_refused(csv_file, cell, message):
    with pytest.raises(InventoryError, match=message):
        weigh(one(csv_file, effort=cell), hours="effort")


def test_a_factor_that_is_no_column_is_named(csv_file):
    with pytest.raises(ColumnError, match="no column 'times'"):
        weigh(one(csv_file, effort="3"), hours="effort*times")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1, "tasks", "1 task"),
        (2, "tasks", "2 tasks"),
        (0, "tasks", "0 tasks"),
        (1234.5, "hours", "1,234 hours"),
        (3.25, "FTE", "3.2 FTE"),
        (0.254, "share", "25 % of a role"),
        (1, "hours", "1 hours"),
    ],
)
def test_a_weight_is_read_as_people_say_it(value, unit, shown):
    assert said(value, unit) == shown
    assert said(value, unit, bare=True) in shown


@pytest.mark.parametrize("label", ["<img src=x onerror=alert(1)>", "Automatable", "maybe", "automatable "])
def test_a_label_that_is_none_of_the_three_is_refused_with_its_line(csv_file, label):
    source = scored_csv(csv_file, [(("Post",), LIKELY, "", True, "ok", label)], ("task",))
    with pytest.raises(InventoryError, match=r"line 2: fit_label is .*; score the inventory again"):
        read_scored(source)


@pytest.mark.parametrize("chance", ["nan", "inf", "-1", "1.5"])
def test_a_chance_lies_between_0_and_1(csv_file, chance):
    source = team(csv_file)
    source.write_text(source.read_text("utf-8").replace('"0.92"', f'"{chance}"'), encoding="utf-8")
    with pytest.raises(InventoryError, match=r"line 5: .*score the inventory again"):
        read_scored(source)


@pytest.mark.parametrize(("cell", "flag"), [("WAHR", None), ("1", None), ("", False), ("TRUE", True), ("false", False)])
def test_a_review_flag_is_true_or_false_and_never_lost(csv_file, cell, flag):
    source = team(csv_file)
    source.write_text(source.read_text("utf-8").replace('"true"', f'"{cell}"'), encoding="utf-8")
    if flag is None:
        with pytest.raises(InventoryError, match="fit_review"):
            read_scored(source)
    else:
        assert read_scored(source).review[2] == flag
