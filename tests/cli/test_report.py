"""``taskfit report`` as people run it, beside a manifest written by hand."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.runrecord import write_record
from tests.manifests import MANIFEST
from tests.scored_files import scored_csv, team

SURE = [0.96, 0.03, 0.01]


@pytest.fixture(autouse=True)
def no_model(monkeypatch):
    """Stand in for the shipped model: a manifest, and no labelled tasks to show."""
    monkeypatch.setattr("taskfit.bundle.find", lambda name=None: name or "base")
    monkeypatch.setattr("taskfit.bundle.inspect", lambda folder: MANIFEST)
    monkeypatch.setattr("taskfit.scoring.load", lambda *_: SimpleNamespace(bundle=SimpleNamespace(examples=None)))


def run(*words):
    return CliRunner().invoke(main, ["report", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--json", "--hours", "hours", "--fte", "hours"), "choose one of --hours, --fte and --share"),
        (("--json", "--share", "hours", "--fte", "hours"), "choose one of --hours, --fte and --share"),
        ((), "name the page with -o report.html, or ask for --json"),
        (("--json", "--by", "a", "--by", "b", "--by", "c"), "name --by once or twice"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(csv_file, words, said):
    refused = run(team(csv_file), *words)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_json_goes_to_stdout_alone(csv_file):
    done = run(team(csv_file), "--json")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert json.loads(done.stdout)["total"]["weight"] == 40


def test_words_go_to_stderr_and_the_page_to_its_file(csv_file, tmp_path):
    done = run(team(csv_file), "-o", tmp_path / "r.html")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert done.stderr.startswith("scored.csv: 6 tasks, 40 hours (column hours): automatable ")
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_page_that_is_there_is_kept_unless_forced(csv_file, tmp_path):
    page = tmp_path / "r.html"
    page.write_text("mine", encoding="utf-8")
    refused = run(team(csv_file), "-o", page)
    assert refused.exit_code == 1
    assert "exists: choose another name, or --force" in refused.stderr
    assert page.read_text("utf-8") == "mine"
    assert run(team(csv_file), "-o", page, "--force").exit_code == 0
    assert page.read_text("utf-8") != "mine"


@pytest.mark.parametrize(("option", "unit"), [("--hours", "hours"), ("--fte", "FTE"), ("--share", "share")])
def test_a_column_weighs_as_it_is_named(csv_file, option, unit):
    rows = [(("clerk", "Post", 40), SURE, "", False, "ok"), (("clerk", "Send", 60), SURE, "", False, "ok")]
    scored = scored_csv(csv_file, rows, ("role", "task", "effort"))
    summary = json.loads(run(scored, "--json", option, "effort").stdout)
    assert summary["unit"] == unit
    assert summary["total"]["weight"] == (1 if unit == "share" else 100)


def test_a_table_that_was_not_scored_is_one_line_on_stderr(csv_file):
    refused = run(csv_file("task\nPost\n"), "--json")
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert "run taskfit score on it first" in refused.stderr


@pytest.mark.parametrize("words", [("--hours", "effort"), ("--by", "site"), ("--wish", "hope"), ("--text", "job")])
def test_a_missing_column_is_named(csv_file, words):
    refused = run(team(csv_file), "--json", *words)
    assert refused.exit_code == 1
    assert repr(words[1]) in refused.stderr


def test_another_models_file_is_warned_of_and_shows_no_measured_error(csv_file):
    scored = team(csv_file)
    write_record({"model": "theirs", "fingerprint": "other"}, scored)
    summary = json.loads(run(scored, "--json").stdout)
    assert "Model theirs scored this file, and not ours: name it with --model." in summary["warnings"]
    assert {entry["measured_error"] for entry in summary["scenarios"]} == {None}


def test_a_file_of_the_model_shows_what_was_measured(csv_file):
    scored = team(csv_file)
    write_record({"model": "ours", "fingerprint": "f00"}, scored)
    found = {entry["policy"]: entry for entry in json.loads(run(scored, "--json").stdout)["scenarios"]}
    assert (found["cautious"]["measured_error"], found["cautious"]["measured_upper"]) == (0.015, 0.028)
    assert found["strict"]["measured_error"] is None


def test_json_keeps_letters_of_every_script(csv_file):
    scored = scored_csv(csv_file, [(("Prüfe 任務",), SURE, "", False, "ok")], ("task",))
    assert '"text": "Prüfe 任務"' in run(scored, "--json").stdout
