import numpy as np
import pytest

from taskfit.errors import ColumnError, InventoryError
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.rollup import COVERAGE, rollup, scenarios
from taskfit.scored import ScoredTasks, Weights, read_scored, weigh
from tests.scored_files import scored_csv, team


@pytest.fixture
def tasks(csv_file):
    return read_scored(team(csv_file))


def test_shares_are_weighted_by_hours_and_ranges_hold_the_expected_share(tasks):
    result = rollup(tasks, weigh(tasks))
    assert result.unit == "hours"
    assert result.total.weight == 40
    assert result.total.tasks == 6
    assert result.total.called["automatable"] == pytest.approx(20 / 40)
    for at, label in enumerate(LABELS):
        expected = sum(tasks.probabilities[:, at] * weigh(tasks).values) / 40
        share = result.total.shares[label]
        assert share.expected == pytest.approx(expected)
        assert share.low <= share.expected <= share.high


def test_groups_add_up_to_the_whole_and_stand_heaviest_first(tasks):
    result = rollup(tasks, weigh(tasks), ["team"])
    assert [group.group["team"] for group in result.groups] == ["North", "South"]
    assert sum(group.weight for group in result.groups) == result.total.weight
    with pytest.raises(ColumnError, match="no column 'floor'"):
        rollup(tasks, weigh(tasks), ["floor"])


def test_the_guard_counts_what_automation_would_put_at_risk(tasks):
    guard = rollup(tasks, weigh(tasks)).total.guard
    assert guard.automatable == 20
    assert guard.unreviewed == 16
    assert guard.wrongly_automated == pytest.approx(10 * 0.01 + 6 * 0.01 + 4 * 0.15)
    assert guard.wrongly_automated_share == pytest.approx(guard.wrongly_automated / 20)
    assert guard.at_risk == pytest.approx(10 * 0.04 + 6 * 0.03 + 4 * 0.55)


def test_hands_on_work_and_care_are_told_apart(tasks):
    drivers = rollup(tasks, weigh(tasks)).total.drivers
    assert drivers["empathy"] == pytest.approx(5 * 0.98 / 40, abs=0.03)
    assert drivers["presence"] == pytest.approx(7 * 0.99 / 40, abs=0.03)


def test_a_stricter_policy_takes_no_more_and_brings_its_measured_error(tasks):
    measured = {"cautious": {"human_called_automatable": 0.01, "human_called_automatable_upper": 0.02}}
    found = {entry.policy: entry for entry in scenarios(tasks, weigh(tasks), measured)}
    assert found["balanced"].guard.automatable >= found["cautious"].guard.automatable
    assert found["cautious"].guard.automatable >= found["strict"].guard.automatable
    assert (found["cautious"].measured_error, found["cautious"].measured_upper) == (0.01, 0.02)
    assert found["balanced"].measured_error is None


def test_weights_come_from_a_column_a_product_or_count_tasks(csv_file):
    rows = [(("A", "clerk", "Post invoices", "30", "1 000,5"), [0.9, 0.05, 0.05], "", False, "ok"),
            (("A", "clerk", "Send reminders", "", "2"), [0.9, 0.05, 0.05], "", False, "ok")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", "minutes", "times")))
    assert weigh(tasks).unit == "tasks"
    product = weigh(tasks, hours="minutes*times/60")
    assert product.values.tolist() == pytest.approx([30 * 1000.5 / 60, 0])
    assert product.missing == [1]
    with pytest.raises(InventoryError, match="team holds no number"):
        weigh(tasks, hours="team")


def test_an_inventory_that_was_not_scored_says_so(csv_file):
    with pytest.raises(InventoryError, match="run taskfit score"):
        read_scored(csv_file("task,hours\nPost,1\n"))


def test_ranges_cover_true_shares_of_teams_that_the_model_never_saw(root, model):
    """Teams drawn from the roles of the corpus's test split; their true shares are known."""
    held_out = read_labelled(root / "data" / "tasks.csv").split("test")
    tier = model.bundle.tier
    probabilities = np.round(tier.probabilities(tier.encoder.encode(held_out.texts)), 4)
    truth = np.array([LABELS.index(label) for label in held_out.labels])
    random = np.random.default_rng(0)
    roles = np.array(held_out.roles, dtype=object)
    held = []
    for _ in range(150):
        chosen = random.choice(np.unique(roles), size=12, replace=False)
        rows = np.flatnonzero(np.isin(roles, chosen))
        weights = random.gamma(2.0, 4.0, size=len(rows))
        tasks = _scored(rows, held_out, probabilities, truth)
        shares = rollup(tasks, Weights(weights, "hours", "drawn", [])).total.shares
        for at, label in enumerate(LABELS):
            true = float(weights[truth[rows] == at].sum() / weights.sum())
            held.append(shares[label].low <= true <= shares[label].high)
    assert COVERAGE - 0.05 <= np.mean(held) <= COVERAGE + 0.05


def _scored(rows, held_out, probabilities, truth):
    n = len(rows)
    return ScoredTasks(
        texts=[held_out.texts[row] for row in rows], roles=[""] * n,
        labels=[LABELS[at] for at in probabilities[rows].argmax(axis=1)], statuses=["ok"] * n, notes=[""] * n,
        decisive=[""] * n, probabilities=probabilities[rows], drivers=np.zeros((n, 5)),
        review=np.zeros(n, dtype=bool), columns={}, lines=list(range(n)), text="task", role=None, source="drawn",
    )  # fmt: skip
