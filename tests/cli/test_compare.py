"""``taskfit compare`` as people run it."""

import json

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.runrecord import write_record
from tests.scored_files import scored_csv, team

SURE = [0.96, 0.03, 0.01]


def run(*words):
    return CliRunner().invoke(main, ["compare", *map(str, words)])


@pytest.fixture
def pair(csv_file):
    before, after = (
        scored_csv(csv_file, [(("clerk", f"Task {at}", 2), list(chances), "", False, "ok") for at in range(45)],
                   ("role", "task", "hours"), name=name)
        for name, chances in (("a.csv", SURE), ("b.csv", [0.1, 0.8, 0.1]))
    )  # fmt: skip
    return before, after


def test_the_same_file_twice_has_no_move(csv_file):
    scored = team(csv_file)
    said = run(scored, scored)
    assert said.exit_code == 0
    assert said.stdout.startswith("6 tasks in both; 0 moved (0 hours); only in A 0, only in B 0\n")
    assert " → " not in said.stdout


def test_long_lists_are_cut_and_json_has_all(pair):
    said = run(*pair).stdout
    assert said.count("automatable → augmentable: Task") == 40
    assert said.endswith("... and 5 more; --json has all\n")
    assert len(json.loads(run(*pair, "--json").stdout)["moves"]) == 45


def test_both_guards_stand_below_the_table(pair):
    lines = run(*pair).stdout.splitlines()
    assert [line[:3] for line in lines if "quality risk" in line] == ["A: ", "B: "]


def test_json_keeps_letters_of_every_script(csv_file):
    scored = scored_csv(csv_file, [(("Prüfe 任務", 3), SURE, "", False, "ok")], ("task", "hours"), name="a.csv")
    other = scored_csv(
        csv_file, [(("Prüfe 任務", 3), [0.1, 0.8, 0.1], "", False, "ok")], ("task", "hours"), name="b.csv"
    )
    assert '"text": "Prüfe 任務"' in run(scored, other, "--json").stdout


def test_hours_of_the_second_file_can_be_named(pair):
    assert json.loads(run(*pair, "--hours", "hours*2", "--json").stdout)["moves"][0]["weight"] == 4


def test_another_rubric_is_refused(pair):
    for scored, schema in zip(pair, ("one", "two"), strict=True):
        write_record({"schema": schema}, scored)
    refused = run(*pair)
    assert refused.exit_code == 1
    assert "different rubrics (one, two)" in refused.stderr


@pytest.mark.parametrize(
    ("content", "said"), [("task,hours\nPost,3\n", "run taskfit score on it first"), ("", "empty")]
)
def test_a_file_that_was_not_scored_is_one_line_on_stderr(csv_file, pair, content, said):
    refused = run(pair[0], csv_file(content, "raw.csv"))
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
