"""People's wishes, read and put beside the fit."""

import math

import numpy as np
import pytest

from taskfit.errors import ColumnError, InventoryError
from taskfit.report.wishes import WISH_NAMES, ZONES, find_wishes, zone_of, zones
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv

SURE = [0.96, 0.03, 0.01]


def wished(csv_file, *wishes, column="wish", chances=SURE):
    rows = [
        ((f"Team {at}", f"Task {at}", 10 - at, wish), list(chances), "", False, "ok") for at, wish in enumerate(wishes)
    ]
    return read_scored(scored_csv(csv_file, rows, ("team", "task", "hours", column)))


@pytest.mark.parametrize("name", [*WISH_NAMES, "Wish", " WORKER WISH ", "automation_desire"])
def test_the_column_is_found_by_its_usual_names(csv_file, name):
    column, values = find_wishes(wished(csv_file, "4", column=name), None)
    assert column.strip() == name.strip()
    assert values.tolist() == [4]


def test_without_a_column_nobody_was_asked(csv_file):
    tasks = wished(csv_file, "4", column="remark")
    column, values = find_wishes(tasks, None)
    assert column is None
    assert np.isnan(values).all()
    assert zones(tasks, weigh(tasks), None, values, [""], lambda row: {}) is None


def test_a_named_column_must_be_there(csv_file):
    with pytest.raises(ColumnError, match="no column 'hope'"):
        find_wishes(wished(csv_file, "4"), "hope")


@pytest.mark.parametrize(("cell", "value"), [("1", 1), ("5", 5), ("4.5", 4.5), ("4,5", 4.5), (" 3 ", 3)])
def test_a_wish_is_read_as_people_write_numbers(csv_file, cell, value):
    assert find_wishes(wished(csv_file, cell), "WISH")[1].tolist() == [value]


@pytest.mark.parametrize("cell", ["0", "5.1", "-1", "yes", "nan", "inf", "4.5.1", "<b>"])
def test_no_wish_lies_outside_the_scale(csv_file, cell):
    with pytest.raises(InventoryError, match=r"line 3: the wish is .*; a wish is 1 to 5 or empty"):
        find_wishes(wished(csv_file, "3", cell), None)


def test_what_stands_beside_a_row_without_a_task_is_not_read(csv_file):
    rows = [(("n/a", "much"), [], "", False, "not_a_task"), (("Post", "2"), SURE, "", False, "ok")]
    _, values = find_wishes(read_scored(scored_csv(csv_file, rows, ("task", "wish"))), None)
    assert math.isnan(values[0])
    assert values[1] == 2


@pytest.mark.parametrize(
    ("label", "wish", "zone"),
    [
        ("automatable", 5, "green light"),
        ("augmentable", 3.5, "green light"),
        ("automatable", 2.5, "red light"),
        ("augmentable", 1, "red light"),
        ("human-essential", 4, "worth research"),
        ("human-essential", 2, "low priority"),
        ("automatable", 3, "no preference"),
        ("human-essential", 3, "no preference"),
        ("automatable", math.nan, ""),
    ],
)
def test_zones_are_those_of_the_study(label, wish, zone):
    assert zone_of(label, wish) == zone
    assert zone in ZONES or not zone


def test_every_asked_task_is_in_one_zone_and_the_rest_is_counted(csv_file):
    tasks = wished(csv_file, "5", "1", "3", "", "2")
    column, values = find_wishes(tasks, None)
    found = zones(tasks, weigh(tasks), column, values, tasks.column("team"), lambda row: {"row": row})
    assert sum(found["tasks"].values()) == 4
    assert sum(found["weight"].values()) + found["unknown"] == 10 + 9 + 8 + 7 + 6
    assert found["unknown"] == 7
    assert set(found["guards"]) == set(ZONES)


def test_red_light_is_told_by_team_the_heaviest_first_and_not_without_end(csv_file):
    tasks = wished(csv_file, *["1"] * 10)
    column, values = find_wishes(tasks, None)
    teams = ["Small"] + ["Large"] * 9
    red = zones(tasks, weigh(tasks), column, values, teams, lambda row: {"row": row})["red"]
    assert [(entry["team"], entry["tasks"]) for entry in red] == [("Large", 9), ("Small", 1)]
    assert [entry["row"] for entry in red[0]["heaviest"]] == [1, 2, 3]
    many = zones(tasks, weigh(tasks), column, values, tasks.column("team"), lambda row: {"row": row})["red"]
    assert len(many) == 8
