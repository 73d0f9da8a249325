"""The command as people run it, where it needs the model or the command line."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.scoring import Model
from tests.scored_files import scored_csv, team


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_nearest_tasks_are_sought_with_the_role_and_told_with_their_likeness(csv_file, tmp_path, monkeypatch):
    asked, ask = [], Model.ask

    def listen(self, texts, roles):
        asked.extend(zip(texts, roles or [None] * len(texts), strict=True))
        return ask(self, texts, roles)

    monkeypatch.setattr(Model, "ask", listen)
    assert run("report", team(csv_file), "-o", tmp_path / "r.html").exit_code == 0
    assert {("Answer odd questions", "clerk"), ("Post invoices", "clerk"), ("Wash a patient", "nurse")} <= set(asked)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert len(re.findall(r"<li><bdi>.+? — [a-z-]+, 0\.\d\d</bdi>", page)) >= 3 * 5


def test_a_third_group_is_a_usage_error(csv_file):
    scored = team(csv_file)
    refused = run("report", scored, "--json", "--by", "team", "--by", "role", "--by", "hours")
    assert refused.exit_code == 2
    assert "once or twice" in refused.stderr


def test_the_last_words_tell_the_range_the_column_and_what_people_overruled(csv_file, tmp_path):
    rows = [(("A", "clerk", "Console mourners", 10), [0.01, 0.09, 0.90], "e", False, "reviewed", "automatable"),
            (("A", "clerk", "Post invoices", 30), [0.9, 0.05, 0.05], "", False, "ok")]  # fmt: skip
    said = run("report", scored_csv(csv_file, rows), "-o", tmp_path / "r.html").stderr
    assert "40 hours (column hours)" in said
    assert "1.5 hours (0–30) human-essential after all" in said
    assert "people decided 10 hours toward technology against the model" in said


def test_fte_of_the_sample_count_each_person_once(root, csv_file):
    with (root / "data" / "samples" / "customer_operations.csv").open(encoding="utf-8") as file:
        sample = list(csv.DictReader(file))
    names = ("Team", "Role", "Task", "Hours per week", "FTE")
    rows = [([row[name].replace('"', "'") for name in names], [0.9, 0.05, 0.05], "", False, "ok") for row in sample]
    scored = scored_csv(csv_file, rows, names)
    people = sum(float(fte) for _, _, fte in {(row["Team"], row["Role"], row["FTE"]) for row in sample})
    summary = json.loads(run("report", scored, "--json", "--fte", "fte").stdout)
    assert summary["total"]["weight"] == pytest.approx(people)
    assert "spread over its tasks by Hours per week" in summary["weights"]
