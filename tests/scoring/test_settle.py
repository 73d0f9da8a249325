"""Decisions get into a file that is scored already."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfit.errors import ColumnError, InventoryError
from taskfit.labels import LABELS
from taskfit.scored import read_scored
from taskfit.scoring.overrides import Override, question_key
from taskfit.scoring.settle import Settled, model_label, question, settle
from tests.scored_files import scored_csv, team

SURE = [0.96, 0.03, 0.01]
HUMAN = [0.0, 0.02, 0.98]


def by(label, task="Post invoices", role="clerk", reviewer="Ada", day="2026-11-20", reason=""):
    return {question_key(task, role): Override(label, reviewer, day, reason)}


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settled_file(source, target, overrides, **options):
    return settle(read_scored(source), source, target, overrides, **options)


def test_without_decisions_every_cell_stays(csv_file, tmp_path):
    source = team(csv_file)
    assert settled_file(source, tmp_path / "out.csv", {}) == Settled(0, 0, 0)
    assert lines(tmp_path / "out.csv") == lines(source)


def test_a_decision_changes_its_row_and_no_other(csv_file, tmp_path):
    source = team(csv_file)
    overrides = by("human-essential", reason="the union agreed so")
    assert settled_file(source, tmp_path / "out.csv", overrides) == Settled(decided=1, agree=0, barred=0)
    before, after = lines(source), lines(tmp_path / "out.csv")
    assert before[1:] == after[1:]
    assert after[0]["fit_label"] == "human-essential"
    assert after[0]["fit_status"] == "reviewed"
    assert after[0]["fit_note"] == "settled by Ada on 2026-11-20: the union agreed so"
    assert {name: after[0][name] for name in ("team", "role", "task", "hours", "fit_p_automatable")} == {
        name: before[0][name] for name in ("team", "role", "task", "hours", "fit_p_automatable")
    }


def test_a_decision_reaches_other_spellings_of_its_task_but_not_another_role(csv_file, tmp_path):
    rows = [
        ((role, task), SURE, "", False, "ok")
        for role, task in [("clerk", "Post invoices"), ("CLERK", " post invoices."), ("nurse", "Post invoices")]
    ]
    source = scored_csv(csv_file, rows, ("role", "task"))
    assert settled_file(source, tmp_path / "out.csv", by("augmentable")).decided == 2
    assert [row["fit_status"] for row in lines(tmp_path / "out.csv")] == ["reviewed", "reviewed", "ok"]


def test_a_row_without_a_task_is_never_decided(csv_file, tmp_path):
    source = scored_csv(csv_file, [(("clerk", "n/a"), [], "", True, "not_a_task"),
                                   (("clerk", "Post"), SURE, "", False, "ok")], ("role", "task"))  # fmt: skip
    assert settled_file(source, tmp_path / "out.csv", by("automatable", "n/a")) == Settled(0, 0, 0)
    assert lines(tmp_path / "out.csv") == lines(source)


def test_agreement_counts_what_the_model_said_not_what_people_said_before(csv_file, tmp_path):
    rows = [(("clerk", "Post invoices"), SURE, "", False, "reviewed", "human-essential"),
            (("clerk", "Send reminders"), SURE, "", False, "reviewed", "automatable")]  # fmt: skip
    source = scored_csv(csv_file, rows, ("role", "task"))
    assert settled_file(source, tmp_path / "a.csv", {}) == Settled(decided=2, agree=1, barred=0)
    assert settled_file(source, tmp_path / "b.csv", by("automatable")) == Settled(decided=2, agree=2, barred=0)


def test_a_barrier_holds_a_decision_back_and_is_counted(csv_file, tmp_path):
    rows = [(("clerk", "Post invoices", "yes"), HUMAN, "e", False, "ok"),
            (("clerk", "Send reminders", ""), HUMAN, "e", False, "ok")]  # fmt: skip
    source = scored_csv(csv_file, rows, ("role", "task", "law"))
    overrides = by("automatable") | by("automatable", "Send reminders")
    assert settled_file(source, tmp_path / "out.csv", overrides, barriers=["law"]).barred == 1
    held, free = lines(tmp_path / "out.csv")
    assert (held["fit_label"], held["fit_status"]) == ("augmentable", "barred")
    assert held["fit_note"].endswith("law keeps a person responsible")
    assert (free["fit_label"], free["fit_status"]) == ("automatable", "reviewed")


def test_a_barred_row_is_not_freed_where_no_barrier_is_known(csv_file, tmp_path):
    source = scored_csv(
        csv_file, [(("clerk", "Post invoices"), SURE, "", False, "barred", "augmentable")], ("role", "task")
    )
    with pytest.raises(InventoryError, match=r"line 2: a barrier keeps this task .* name it with --barrier"):
        settled_file(source, tmp_path / "out.csv", by("automatable"))
    assert not (tmp_path / "out.csv").exists()
    # Toward people it needs no barrier.
    assert settled_file(source, tmp_path / "out.csv", by("human-essential")).decided == 1


def test_a_missing_barrier_column_is_named_beside_those_there_are(csv_file, tmp_path):
    with pytest.raises(ColumnError, match=r"no column 'law': the file has team, role, .*--barrier"):
        settled_file(team(csv_file), tmp_path / "out.csv", {}, barriers=["law"])


def test_a_file_that_lacks_columns_of_scoring_is_refused(csv_file, tmp_path):
    source = team(csv_file)
    tasks = read_scored(source)
    source.write_text(source.read_text("utf-8").replace("fit_note", "note"), encoding="utf-8")
    with pytest.raises(InventoryError, match="has no fit_note: run taskfit score on it again"):
        settle(tasks, source, tmp_path / "out.csv", {})
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(("status", "label"), [("ok", "augmentable"), ("reviewed", "automatable"),
                                               ("barred", "automatable"), ("vague", "augmentable")])  # fmt: skip
def test_the_models_label_is_its_likeliest_where_others_decided_since(csv_file, status, label):
    tasks = read_scored(scored_csv(csv_file, [(("clerk", "Post"), SURE, "", False, status, "augmentable")],
                                   ("role", "task")))  # fmt: skip
    assert model_label(tasks, 0) == label


def test_a_question_is_the_task_in_its_role(csv_file):
    rows = [
        ((role, task), SURE, "", False, "ok") for role, task in [("Clerk", "Post."), ("clerk", "post"), ("", "post")]
    ]
    tasks = read_scored(scored_csv(csv_file, rows, ("role", "task")))
    assert question(tasks, 0) == question(tasks, 1) != question(tasks, 2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["Post", "Send", "File"]), st.sampled_from(LABELS)), max_size=5))
def test_settling_twice_is_settling_once(csv_file, tmp_path, choices):
    rows = [
        ((task, f"{at}, «ü»"), SURE, "", bool(at % 2), "ok")
        for at, task in enumerate(["Post", "Send", "Post", "Other"])
    ]
    source = scored_csv(csv_file, rows, ("task", "id"))
    overrides = {question_key(task, ""): Override(label, "Ada", "", "") for task, label in choices}
    settled_file(source, tmp_path / "one.csv", overrides)
    settled_file(tmp_path / "one.csv", tmp_path / "two.csv", overrides)
    assert lines(tmp_path / "one.csv") == lines(tmp_path / "two.csv")
    assert [row["id"] for row in lines(tmp_path / "two.csv")] == [row["id"] for row in lines(source)]
