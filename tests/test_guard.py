"""What technology could take never stands without what it would cost."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfit.guard import draw, guard, guards, in_words
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team


@pytest.fixture
def tasks(csv_file):
    return read_scored(team(csv_file))


def rows(tasks):
    return np.flatnonzero(tasks.scored)


def test_what_is_called_automatable_and_what_of_it_is_sure(tasks):
    found = guard(tasks, weigh(tasks), rows(tasks))
    assert found.automatable == 20
    assert found.unreviewed == 16
    assert found.wrongly_automated == pytest.approx(10 * 0.01 + 6 * 0.01 + 4 * 0.15)
    assert found.at_risk == pytest.approx(10 * 0.04 + 6 * 0.03 + 4 * 0.55)
    assert found.wrongly_automated_share == pytest.approx(found.wrongly_automated / 20)
    assert found.overruled == 0


def test_no_rows_cost_nothing(tasks):
    assert set(asdict(guard(tasks, weigh(tasks), np.array([], dtype=np.intp))).values()) == {0.0}


def test_where_nothing_is_automatable_there_is_no_share(tasks):
    found = guard(tasks, weigh(tasks), np.array([3, 4, 5]))
    assert found.automatable == found.wrongly_automated_share == found.at_risk == 0


def test_the_same_seed_says_the_same(tasks):
    weights = weigh(tasks)
    one, two, other = (guard(tasks, weights, rows(tasks), random_state=seed) for seed in (1, 1, 2))
    assert one == two
    assert replace(other, wrongly_automated_low=one.wrongly_automated_low,
                   wrongly_automated_high=one.wrongly_automated_high) == one  # fmt: skip


chances = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(
    lambda parts: [round(p / sum(parts), 4) for p in parts]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(chances, st.booleans(), st.integers(1, 40)), min_size=1, max_size=8))
def test_the_range_holds_the_expectation_and_the_risk_holds_the_mistake(csv_file, entries):
    tasks = read_scored(scored_csv(csv_file, [
        (("A", "clerk", f"Task {at}", hours), list(row), "", review, "ok")
        for at, (row, review, hours) in enumerate(entries)
    ]))  # fmt: skip
    found = guard(tasks, weigh(tasks), rows(tasks))
    assert 0 <= found.wrongly_automated_low <= found.wrongly_automated <= found.wrongly_automated_high
    assert found.wrongly_automated <= found.at_risk + 1e-9
    assert found.wrongly_automated_high <= found.automatable + 1e-3
    assert found.unreviewed <= found.automatable
    assert 0 <= found.wrongly_automated_share <= 1


def test_each_way_of_deciding_gets_its_own_guard(tasks):
    at = rows(tasks)
    called = np.column_stack([np.ones(len(at)), np.zeros(len(at))]).astype(bool)
    everything, nothing = guards(tasks, weigh(tasks), at, called, ~called, np.random.default_rng(0))
    assert everything.automatable == everything.unreviewed == 40
    assert everything.wrongly_automated > 12
    assert nothing.automatable == nothing.wrongly_automated_high == 0


def test_drawn_labels_share_out_the_whole_weight():
    shares = np.array([[0.2, 0.3, 0.5]] * 3000)
    weight = np.arange(3000.0) % 7
    labels, human = draw(shares, weight, weight[:, None], np.random.default_rng(0))
    assert labels.sum(axis=1) == pytest.approx(weight.sum())
    assert human[:, 0] == pytest.approx(labels[:, 2])
    assert labels.mean(axis=0) / weight.sum() == pytest.approx([0.2, 0.3, 0.5], abs=0.01)


def test_a_certain_task_is_drawn_the_same_each_time():
    labels, _ = draw(np.eye(3), np.array([1.0, 2.0, 4.0]), np.zeros((3, 1)), np.random.default_rng(0))
    assert (labels == [1, 2, 4]).all()


def test_one_line_tells_the_whole_guard(tasks):
    found = replace(guard(tasks, weigh(tasks), rows(tasks)), wrongly_automated_low=0.0, wrongly_automated_high=4.0)
    line = in_words(asdict(found), "hours")
    assert line == (
        "called automatable 20 hours, 16 hours of it sure enough to start with; of it 0.8 hours (0–4) human-essential "
        "after all (3.8%), 2.8 hours at quality risk"
    )
    assert in_words(asdict(replace(found, overruled=7.0)), "hours").endswith(
        "; people decided 7 hours toward technology against the model's likeliest label"
    )
