"""The same answers from several processes, and how a model is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.policy import find_policy
from taskfit.scoring import Assessment
from taskfit.scoring import workers as processes
from taskfit.scoring.columns import cells
from taskfit.scoring.workers import Workers, answer

SOURCE = ("folder", "accurate", find_policy("cautious"), False, None)


class Echo:
    """A model that repeats what it was asked."""

    def assess(self, texts, roles=None):
        return [Assessment(text, note=f"{text}/{role}") for text, role in zip(texts, roles, strict=True)]


@pytest.fixture
def here(monkeypatch):
    """Run what processes would run in this one."""
    import joblib

    class Serial:
        def __init__(self, n_jobs):
            self.n_jobs = n_jobs

        def __call__(self, calls):
            done = [function(*words, **named) for function, words, named in calls]
            assert len(done) <= self.n_jobs
            return done

    monkeypatch.setattr(joblib, "Parallel", Serial)
    monkeypatch.setattr(processes, "_model", lambda *source: Echo())


def test_an_answer_is_the_cells_of_each_task_in_its_role():
    assert answer(Echo(), [("Post", "clerk"), ("Post", "")]) == [
        cells(Assessment("", note="Post/clerk")),
        cells(Assessment("", note="Post/")),
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 20])
def test_parts_come_back_in_the_order_of_the_questions(here, count, size):
    questions = [(f"task {at}", f"role {at}") for at in range(size)]
    assert Workers(count, SOURCE)(questions) == answer(Echo(), questions)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=12))
def test_an_answer_a_question_whatever_they_hold(questions):
    assert [row[-1] for row in answer(Echo(), questions)] == [f"{text}/{role}" for text, role in questions]


def test_a_process_loads_its_model_once(monkeypatch):
    loaded = []
    monkeypatch.setattr(processes, "load", lambda folder, **options: loaded.append((folder, options)) or Echo())
    processes._model.cache_clear()
    try:
        for _ in range(3):
            processes._work(SOURCE, [("Post", "")])
        processes._work(("other", *SOURCE[1:]), [("Post", "")])
    finally:
        processes._model.cache_clear()
    assert [folder for folder, _ in loaded] == ["folder", "other"]
    assert loaded[0][1] == {"tier": "accurate", "policy": SOURCE[2], "trust": False, "cache": None}
