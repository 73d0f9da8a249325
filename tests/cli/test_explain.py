"""``taskfit explain`` as people run it, beside a model that says what it is told to."""

import json

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.explain import Neighbour
from taskfit.labels import DRIVERS, LABELS
from taskfit.scoring import Assessment

CHANCES = dict(zip(LABELS, (0.0, 0.25, 0.75), strict=True))


class Says:
    """A model with one answer."""

    def __init__(self, assessment):
        self.assessment, self.asked, self.loaded = assessment, [], None

    def load(self, model, **options):
        self.loaded = (model, options)
        return self

    def assess(self, texts, roles):
        self.asked.append((texts, roles))
        return [self.assessment]

    def nearest(self, text):
        return [Neighbour("Console a mourner", "human-essential", "tasks.csv", 0.876)]


@pytest.fixture
def explain(monkeypatch):
    def ask(assessment, *words):
        model = Says(assessment)
        monkeypatch.setattr("taskfit.scoring.load", model.load)
        return CliRunner().invoke(main, ["explain", *words]), model

    return ask


FULL = Assessment(
    "x", "human-essential", 0.75, CHANCES, dict.fromkeys(DRIVERS, 0.5), (DRIVERS[0],), True, "ok", "unsure"
)


def test_the_answer_stands_first_then_its_reasons(explain):
    said, _ = explain(FULL, "Sit with the dying")
    assert said.exit_code == 0
    lines = said.stdout.splitlines()
    assert lines[:2] == ["human-essential (75% likely, to be reviewed)", "  unsure"]
    assert "  automatable       0.0%  " in lines
    assert f"  human-essential  75.0%  {'█' * 22}" in said.stdout
    assert lines[-1] == "  0.88  human-essential  Console a mourner (tasks.csv)"


def test_a_model_without_drivers_shows_none(explain):
    said, _ = explain(Assessment("x", "augmentable", 0.25, CHANCES), "Draft it")
    assert "Drivers" not in said.stdout
    assert said.stdout.startswith("augmentable (25% likely)\n")


def test_no_task_has_no_neighbours(explain):
    said, _ = explain(Assessment("7", status="not_a_task", note="this reads as no task"), "7")
    assert said.stdout == "not_a_task: this reads as no task\n"
    said, _ = explain(Assessment("7", status="not_a_task"), "7", "--json")
    assert json.loads(said.stdout)["nearest"] == []


def test_json_is_the_assessment_and_its_neighbours(explain):
    said, _ = explain(FULL, "x", "--json")
    found = json.loads(said.stdout)
    assert found["probabilities"] == CHANCES
    assert found["decisive"] == [DRIVERS[0]]
    assert found["nearest"] == [
        {"text": "Console a mourner", "label": "human-essential", "source": "tasks.csv", "similarity": 0.876}
    ]


@pytest.mark.parametrize(("words", "roles"), [((), None), (("--role", "nurse"), ["nurse"]), (("--role", ""), None)])
def test_a_role_is_asked_with_where_it_is_given(explain, words, roles):
    _, model = explain(FULL, "Handle complaints", *words)
    assert model.asked == [(["Handle complaints"], roles)]


def test_options_choose_the_model(explain):
    _, model = explain(FULL, "x", "--model", "ours", "--tier", "fast", "--policy", "strict", "--trust")
    assert model.loaded == ("ours", {"tier": "fast", "policy": "strict", "trust": True})


def test_a_task_must_be_given():
    assert CliRunner().invoke(main, ["explain"]).exit_code == 2
