import json
from dataclasses import fields
from datetime import date

import pytest

from taskfit.errors import ColumnError, InventoryError
from taskfit.guard import Guard
from taskfit.report import summarise
from taskfit.scored import read_scored, weigh
from tests.manifests import MANIFEST, POLICY
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
        assert set(guard) == {field.name for field in fields(Guard)}


def test_the_queue_first_and_never_hold_the_right_tasks(tasks):
    summary = summarise(tasks, weigh(tasks))
    assert [entry["text"] for entry in summary["queue"]] == ["Answer odd questions"]
    assert [entry["text"] for entry in summary["first"]] == ["Post invoices", "Send reminders"]
    assert [entry["text"] for entry in summary["never"]] == ["Wash a patient", "Console a mourner"]


def test_wishes_make_four_zones_and_their_absence_is_told(csv_file, tasks):
    assert any("wishes" in warning for warning in summarise(tasks, weigh(tasks))["warnings"])
    rows = [(("clerk", "Post invoices", 3, "5"), SURE, "", False, "ok"),
            (("clerk", "Send reminders", 2, "1"), SURE, "", False, "ok"),
            (("clerk", "Sort the post", 8, "3"), SURE, "", False, "ok"),
            (("nurse", "Console a mourner", 4, "4,5"), [0.0, 0.0, 1.0], "e", False, "ok"),
            (("nurse", "Wash a patient", 1, ""), [0.0, 0.0, 1.0], "p", False, "ok")]  # fmt: skip
    wished = read_scored(scored_csv(csv_file, rows, ("role", "task", "hours", "wish"), name="w.csv"))
    summary = summarise(wished, weigh(wished))
    zones = summary["zones"]
    assert zones["weight"] == {
        "green light": 3, "red light": 2, "worth research": 4, "low priority": 0, "no preference": 8
    }  # fmt: skip
    assert zones["unknown"] == 1
    assert zones["guards"]["red light"]["wrongly_automated"] == pytest.approx(2 * 0.01)
    # What people would rather keep is nothing to start with: it is listed by itself, and warned of.
    assert [(entry["text"], entry["wish"], entry["zone"]) for entry in summary["first"]] == [
        ("Sort the post", 3, "no preference"), ("Post invoices", 5, "green light"),
    ]  # fmt: skip
    assert [entry["text"] for entry in zones["red"][0]["heaviest"]] == ["Send reminders"]
    assert any("rather keep 1 task (2 hours)" in warning for warning in summary["warnings"])


def test_a_wish_out_of_range_is_refused_with_its_line(csv_file):
    rows = [(("clerk", "Post invoices", 3, "9"), SURE, "", False, "ok")]
    tasks = read_scored(scored_csv(csv_file, rows, ("role", "task", "hours", "wish")))
    with pytest.raises(InventoryError, match="line 2: the wish is '9'"):
        summarise(tasks, weigh(tasks))


def test_an_inventory_without_any_task_is_refused(csv_file):
    tasks = read_scored(scored_csv(csv_file, [(("A", "clerk", "n/a", 1), [], "", False, "not_a_task")]))
    with pytest.raises(InventoryError, match="no row has a label"):
        summarise(tasks, weigh(tasks))


def test_what_people_and_barriers_settled_is_counted(csv_file):
    rows = [(("A", "clerk", "Post invoices", 3), SURE, "", False, "reviewed"),
            (("A", "clerk", "Send reminders", 2), SURE, "", False, "barred", "augmentable"),
            (("B", "clerk", "Sort the post", 4), SURE, "", False, "ok")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows))
    settled = summarise(tasks, weigh(tasks), run={"barriers": ["law"], "decided": 1, "decisions_agree": 1})["settled"]
    assert settled == {"people": 1, "people_weight": 3, "barrier": 1, "barrier_weight": 2, "barriers": ["law"],
                       "decided": 1, "agree": 1}  # fmt: skip
    summary = summarise(tasks, weigh(tasks))
    assert summary["settled"]["agree"] is None
    assert [(entry["team"], entry["settled"]) for entry in summary["first"]] == [("B", ""), ("A", "people")]


def test_a_third_column_of_groups_is_refused(tasks):
    with pytest.raises(ColumnError, match="two columns"):
        summarise(tasks, weigh(tasks), by=["team", "role", "hours"])


def sure(csv_file, *texts, review=False):
    return read_scored(scored_csv(csv_file, [(("A", "clerk", text, 3), SURE, "", review, "ok") for text in texts]))


def test_lists_are_bounded_however_long_the_inventory(csv_file):
    tasks = sure(csv_file, *(f"Task number {at}" for at in range(60)))
    assert len(summarise(tasks, weigh(tasks))["first"]) == 8
    unsure = sure(csv_file, *(f"Task number {at}" for at in range(60)), review=True)
    assert len(summarise(unsure, weigh(unsure))["queue"]) == 50
    doubled = sure(csv_file, *(f"Task number {at // 2}" for at in range(240)))
    assert len(summarise(doubled, weigh(doubled))["findings"]) == 100


def test_the_same_wording_is_to_be_started_with_once(csv_file):
    tasks = sure(csv_file, "Post invoices", "Post invoices", "Send reminders")
    assert [entry["text"] for entry in summarise(tasks, weigh(tasks))["first"]] == ["Post invoices", "Send reminders"]


def test_doubt_and_weight_both_bring_a_task_forward(csv_file):
    rows = [(("A", f"Task {at}", hours), chances, "", True, "ok") for at, (hours, chances) in enumerate(
        [(1, [0.5, 0.3, 0.2]), (10, [0.9, 0.05, 0.05]), (10, [0.5, 0.3, 0.2])])]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "task", "hours")))
    assert [entry["row"] for entry in summarise(tasks, weigh(tasks))["queue"]] == [2, 1, 0]


def test_what_waits_for_a_person_is_neither_first_nor_never(csv_file):
    tasks = sure(csv_file, "Post invoices", review=True)
    summary = summarise(tasks, weigh(tasks))
    assert summary["first"] == summary["never"] == []
    assert len(summary["queue"]) == 1


@pytest.mark.parametrize(
    ("columns", "warning"),
    [
        (("task",), "No column of hours was named or found: every task counts the same"),
        (("role", "task", "hours"), "Nobody's wishes are in this inventory"),
    ],
)
def test_what_is_missing_is_warned_of(csv_file, columns, warning):
    own = {"role": "clerk", "task": "Post", "hours": 3}
    tasks = read_scored(scored_csv(csv_file, [([own[name] for name in columns], SURE, "", False, "ok")], columns))
    assert any(text.startswith(warning) for text in summarise(tasks, weigh(tasks))["warnings"])


def test_rows_without_weight_or_task_are_counted_in_words(csv_file):
    rows = [(("A", "Post", 3), SURE, "", False, "ok"), (("A", "Send", ""), SURE, "", False, "ok"),
            (("A", "7", 1), [], "", True, "not_a_task")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "task", "hours")))
    summary = summarise(tasks, weigh(tasks))
    assert "No hours are given for 1 task: without, a task counts for nothing." in summary["warnings"]
    assert "Rows that hold no task and are in no figure: 1 of 3." in summary["warnings"]
    assert summary["statuses"] == {"ok": 2, "not_a_task": 1}


@pytest.mark.parametrize(
    ("fingerprint", "policies", "warned"),
    [
        ("f00", {"cautious": 0.015}, False),
        ("ba5", {"cautious": 0.04}, False),
        ("other", {}, True),
        (None, {"cautious": 0.015}, False),
    ],
)
def test_the_measured_error_is_the_one_of_the_tier_that_scored(tasks, fingerprint, policies, warned):
    model = {**MANIFEST, "policies_fast": {"cautious": {**POLICY, "human_called_automatable": 0.04}}}
    run = {"model": "theirs", **({} if fingerprint is None else {"fingerprint": fingerprint})}
    summary = summarise(tasks, weigh(tasks), model=model, run=run)
    measured = {entry["policy"]: entry["measured_error"] for entry in summary["scenarios"]}
    assert {name: error for name, error in measured.items() if error is not None} == policies
    assert any("scored this file, and not ours" in text for text in summary["warnings"]) == warned


def test_of_the_manifest_only_what_a_reader_needs_is_kept(tasks):
    assert set(summarise(tasks, weigh(tasks), model={**MANIFEST, "files": {"a": 1}})["model"]) == {
        "name", "created", "schema", "protocol", "data", "tiers", "policies"
    }  # fmt: skip
    assert summarise(tasks, weigh(tasks))["model"] is None


def test_a_summary_of_one_row_is_whole(csv_file):
    tasks = sure(csv_file, "Post invoices")
    summary = summarise(tasks, weigh(tasks), today=date(2026, 11, 23))
    assert (summary["rows"], summary["tasks"], summary["created"]) == (1, 1, "2026-11-23")
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
