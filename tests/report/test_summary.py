import json
from datetime import date

import pytest

from taskfit.errors import InventoryError
from taskfit.report import summarise
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team

SURE = [0.96, 0.03, 0.01]


@pytest.fixture
def tasks(csv_file):
    return read_scored(team(csv_file))


def test_the_summary_is_plain_json_and_says_the_same_twice(tasks):
    one, two = (summarise(tasks, weigh(tasks), today=date(2026, 11, 23)) for _ in range(2))
    assert json.dumps(one) == json.dumps(two)
    assert one["by"] == ["team", "role"]
    assert one["rows"] == 7
    assert one["tasks"] == 6


def test_wherever_automatable_weight_stands_its_risk_stands_too(tasks):
    summary = summarise(tasks, weigh(tasks))
    guards = [summary["total"]["guard"], *(group["guard"] for group in summary["groups"] + summary["second"])]
    guards += [entry["guard"] for entry in summary["scenarios"]]
    for guard in guards:
        assert set(guard) == {"automatable", "unreviewed", "wrongly_automated", "wrongly_automated_share", "at_risk"}


def test_the_queue_first_and_never_hold_the_right_tasks(tasks):
    summary = summarise(tasks, weigh(tasks))
    assert [entry["text"] for entry in summary["queue"]] == ["Answer odd questions"]
    assert [entry["text"] for entry in summary["first"]] == ["Post invoices", "Send reminders"]
    assert [entry["text"] for entry in summary["never"]] == ["Wash a patient", "Console a mourner"]


def test_wishes_make_four_zones_and_their_absence_is_told(csv_file, tasks):
    assert any("wishes" in warning for warning in summarise(tasks, weigh(tasks))["warnings"])
    rows = [(("clerk", "Post invoices", 3, "5"), SURE, "", False, "ok"),
            (("clerk", "Send reminders", 2, "1"), SURE, "", False, "ok"),
            (("nurse", "Console a mourner", 4, "4,5"), [0.0, 0.0, 1.0], "e", False, "ok"),
            (("nurse", "Wash a patient", 1, ""), [0.0, 0.0, 1.0], "p", False, "ok")]  # fmt: skip
    wished = read_scored(scored_csv(csv_file, rows, ("role", "task", "hours", "wish"), name="w.csv"))
    zones = summarise(wished, weigh(wished))["zones"]
    assert zones["weight"] == {"green light": 3, "red light": 2, "worth research": 4, "low priority": 0}
    assert zones["unknown"] == 1


def test_a_wish_out_of_range_is_refused_with_its_line(csv_file):
    rows = [(("clerk", "Post invoices", 3, "9"), SURE, "", False, "ok")]
    tasks = read_scored(scored_csv(csv_file, rows, ("role", "task", "hours", "wish")))
    with pytest.raises(InventoryError, match="line 2: the wish is '9'"):
        summarise(tasks, weigh(tasks))


def test_an_inventory_without_any_task_is_refused(csv_file):
    tasks = read_scored(scored_csv(csv_file, [(("A", "clerk", "n/a", 1), [], "", False, "not_a_task")]))
    with pytest.raises(InventoryError, match="no row has a label"):
        summarise(tasks, weigh(tasks))
