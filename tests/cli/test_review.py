"""``taskfit review`` as people run it, on files that no model had to score."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.review import log_beside
from taskfit.runrecord import beside, read_record, write_record
from taskfit.scored import read_scored
from tests.scored_files import scored_csv, team

HUMAN = [0.0, 0.1, 0.9]


def run(*words):
    return CliRunner().invoke(main, ["review", *map(str, words)])


def signed(sheet, answers):
    book = openpyxl.load_workbook(sheet)
    page = book["Review"]
    at = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        for name, value in answers.get(page.cell(row, at["task"]).value, {}).items():
            page.cell(row, at[name], value)
    book.save(sheet)
    return sheet


@pytest.fixture
def place(csv_file, tmp_path):
    """A scored file with its sheet, and a way to sign and import it."""

    class Place:
        scored, sheet, out, kept = team(csv_file), tmp_path / "s.xlsx", tmp_path / "out.csv", tmp_path / "d.csv"

        def take(self, answers, *words):
            return run("import", signed(self.sheet, answers), "--into", self.scored, "-o", self.out,
                       "--decisions", self.kept, *words)  # fmt: skip

    assert run("export", Place.scored, "-o", Place.sheet, "--all").exit_code == 0
    return Place()


def test_export_says_how_many_of_how_many(csv_file, tmp_path):
    said = run("export", team(csv_file), "-o", tmp_path / "s.xlsx")
    assert said.stderr.endswith("s.xlsx: 2 of 7 tasks to look at\n")
    assert said.stdout == ""


def test_a_sheet_that_is_there_is_kept_unless_forced(place):
    before = place.sheet.read_bytes()
    refused = run("export", place.scored, "-o", place.sheet)
    assert refused.exit_code == 1
    assert "exists, maybe with decisions in it" in refused.stderr
    assert place.sheet.read_bytes() == before
    assert run("export", place.scored, "-o", place.sheet, "--force").exit_code == 0


def test_a_sheet_without_decisions_changes_no_label(place):
    said = place.take({})
    assert said.exit_code == 0
    assert "0 decisions, 0 as the model said\n" in said.stderr
    assert read_scored(place.out).labels == read_scored(place.scored).labels


def test_a_decision_is_written_kept_and_logged(place):
    said = place.take({"Post invoices": {"decision": "human-essential", "reviewer": "Ada", "date": "2026-11-20"}})
    assert said.exit_code == 0
    assert "1 decisions, 0 as the model said (0%)" in said.stderr
    assert "1 rows are decided, 0 as the model said" in said.stderr
    assert read_scored(place.out).statuses[0] == "reviewed"
    assert "Post invoices,clerk,human-essential,Ada,2026-11-20" in place.kept.read_text("utf-8")
    (line,) = log_beside(place.kept).read_text("utf-8").splitlines()
    assert json.loads(line)["reviewer"] == "Ada"
    again = place.take({})
    assert "1 of them stood in" in again.stderr
    assert len(log_beside(place.kept).read_text("utf-8").splitlines()) == 1


def test_a_refused_sheet_leaves_nothing_behind(place):
    refused = place.take({"Wash a patient": {"decision": "automatable", "reviewer": "Ada"}})
    assert refused.exit_code == 1
    assert "write the reason" in refused.stderr
    assert not place.out.exists()
    assert not place.kept.exists()


def test_the_scored_file_is_never_overwritten(place):
    before = place.scored.read_bytes()
    refused = run("import", place.sheet, "--into", place.scored, "-o", place.scored)
    assert refused.exit_code == 2
    assert "name another file" in refused.stderr
    assert place.scored.read_bytes() == before


def test_decisions_lie_beside_the_output_if_no_file_is_named(place):
    assert run("import", place.sheet, "--into", place.scored, "-o", place.out).exit_code == 0
    assert place.out.with_name("out.csv.decisions.csv").exists()


def test_a_name_without_a_decision_is_warned_of(place):
    said = place.take({"Post invoices": {"reviewer": "Ada"}})
    assert "Warning: no decision in row" in said.stderr


def test_without_a_record_that_is_said_and_an_old_one_goes(place):
    beside(place.out).write_text("{}", encoding="utf-8")
    assert f"Warning: no {beside(place.scored)}: model, policy and barriers" in place.take({}).stderr
    assert not beside(place.out).exists()


def test_the_record_tells_of_the_decisions(place):
    write_record({"model": "base", "text": "task", "role": "role", "barriers": []}, place.scored)
    place.take({"Post invoices": {"decision": "automatable", "reviewer": "Ada"}})
    assert read_record(place.out) == {"model": "base", "text": "task", "role": "role", "barriers": [],
                                      "overrides": "d.csv", "decided": 1, "decisions_agree": 1}  # fmt: skip


def test_a_barrier_of_the_record_stands_above_the_decision(csv_file, tmp_path):
    scored = scored_csv(csv_file, [(("Console a mourner", "yes"), HUMAN, "e", True, "ok")], ("task", "law"))
    write_record({"text": "task", "role": None, "barriers": ["law"]}, scored)
    assert run("export", scored, "-o", tmp_path / "s.xlsx").exit_code == 0
    sheet = signed(
        tmp_path / "s.xlsx", {"Console a mourner": {"decision": "automatable", "reviewer": "A", "reason": "so"}}
    )
    said = run("import", sheet, "--into", scored, "-o", tmp_path / "out.csv")
    assert "1 tasks stay with people all the same" in said.stderr
    assert "1 toward technology against the model (1 tasks)" in said.stderr
    assert read_scored(tmp_path / "out.csv").labels == ["augmentable"]
