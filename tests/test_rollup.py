import numpy as np
import pytest

from taskfit.errors import ColumnError
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.policy import POLICIES, Policy
from taskfit.rollup import COVERAGE, SYSTEMATIC, UNNAMED, grouped, rollup, scenarios
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
    assert guard.wrongly_automated_low <= guard.wrongly_automated <= guard.wrongly_automated_high
    assert guard.wrongly_automated_high == 4  # the doubtful task, most likely of the three to be human-essential
    assert guard.overruled == 0


def test_hands_on_work_and_care_are_told_apart(tasks):
    drivers = rollup(tasks, weigh(tasks)).total.drivers
    assert drivers["empathy"].expected == pytest.approx(5 * 0.98 / 40)
    assert drivers["presence"].expected == pytest.approx(7 * 0.99 / 40)
    # The chance that other tasks are human-essential is of no driver.
    assert drivers[UNNAMED].expected == pytest.approx((10 * 0.01 + 6 * 0.01 + 4 * 0.15 + 8 * 0.03) / 40)
    assert all(share.low <= share.expected <= share.high for share in drivers.values())


def test_a_stricter_policy_takes_no_more_and_brings_its_measured_error(tasks):
    measured = {"cautious": {"human_called_automatable": 0.01, "human_called_automatable_upper": 0.02}}
    found = {entry.policy: entry for entry in scenarios(tasks, weigh(tasks), measured)}
    assert found["balanced"].guard.automatable >= found["cautious"].guard.automatable
    assert found["cautious"].guard.automatable >= found["strict"].guard.automatable
    assert (found["cautious"].measured_error, found["cautious"].measured_upper) == (0.01, 0.02)
    assert found["balanced"].measured_error is None


def test_what_a_barrier_keeps_with_people_is_automatable_in_no_figure(csv_file):
    rows = [(("A", "clerk", "Post invoices", 10), [0.96, 0.03, 0.01], "", False, "barred", "augmentable")]
    tasks = read_scored(scored_csv(csv_file, rows))
    total = rollup(tasks, weigh(tasks)).total
    assert total.shares["automatable"].expected == 0
    assert total.shares["augmentable"].expected == pytest.approx(0.99)
    assert total.guard.automatable == 0
    careless = Policy("careless", ((0, 1, 1), (0, 0, 0), (0, 0, 0)), 0, 1)
    policies = {"balanced": Policy("balanced", ((0, 1, 1), (1, 0, 1), (1, 1, 0)), 0, 1), "careless": careless}
    assert [entry.guard.automatable for entry in scenarios(tasks, weigh(tasks), policies=policies)] == [0, 0]


def test_what_people_decided_is_certain_and_told_where_it_went_against_the_model(csv_file):
    rows = [
        (("A", "clerk", "Console mourners", 10), [0.01, 0.09, 0.90], "e", False, "reviewed", "automatable"),
        (("A", "clerk", "Post invoices", 6), [0.96, 0.03, 0.01], "", False, "reviewed", "human-essential"),
        (("A", "clerk", "Send reminders", 4), [0.96, 0.03, 0.01], "", False, "reviewed", "automatable"),
    ]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows))
    total = rollup(tasks, weigh(tasks)).total
    assert {label: share.expected for label, share in total.shares.items()} == pytest.approx(
        {"automatable": 0.7, "augmentable": 0, "human-essential": 0.3}
    )
    assert (total.guard.automatable, total.guard.wrongly_automated, total.guard.at_risk) == (14, 0, 0)
    assert total.guard.overruled == 10
    # Posting invoices is human-essential now, but no driver says why: it must not count as empathy.
    assert total.drivers[UNNAMED].expected == pytest.approx(0.3)
    assert total.drivers["empathy"].expected == 0
    assert all(entry.guard.automatable == 14 for entry in scenarios(tasks, weigh(tasks)))


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


def test_ranges_are_never_a_point_and_stay_within_the_whole(tasks):
    added = rollup(tasks, weigh(tasks), ["team"])
    for summary in (added.total, *added.groups):
        for interval in (*summary.shares.values(), *summary.drivers.values()):
            assert 0 <= interval.low <= interval.expected <= interval.high <= 1
            assert interval.high - interval.low >= SYSTEMATIC


def test_expected_shares_and_decided_shares_each_sum_to_one(tasks):
    added = rollup(tasks, weigh(tasks), ["team", "role"])
    for summary in (added.total, *added.groups):
        assert sum(interval.expected for interval in summary.shares.values()) == pytest.approx(1)
        assert sum(summary.called.values()) == pytest.approx(1)
        human = summary.shares["human-essential"].expected
        assert sum(interval.expected for interval in summary.drivers.values()) == pytest.approx(human)


def test_without_columns_there_are_no_groups(tasks):
    assert rollup(tasks, weigh(tasks)).groups == []


def test_two_columns_make_a_group_of_each_pair(tasks):
    groups = grouped(tasks, weigh(tasks), ["team", "role"])
    assert [(*group.group.values(), group.weight) for group in groups] == [
        ("North", "clerk", 20), ("South", "nurse", 12), ("South", "analyst", 8),
    ]  # fmt: skip


def test_an_empty_cell_is_a_group_of_its_own(csv_file):
    rows = [((name, f"Task {at}"), [0.9, 0.05, 0.05], "", False, "ok") for at, name in enumerate(["", " ", "A", " A "])]
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "task")))
    found = {group.group["team"]: group.tasks for group in grouped(tasks, weigh(tasks), ["team"])}
    assert found == {"(none)": 2, "A": 2}


def test_a_missing_column_of_groups_is_named(tasks):
    with pytest.raises(ColumnError, match="no column 'site'"):
        rollup(tasks, weigh(tasks), ["site"])


def test_the_same_seed_gives_the_same_ranges(tasks):
    one, two, other = (rollup(tasks, weigh(tasks), ["team"], random_state=seed).to_dict() for seed in (3, 3, 4))
    assert one == two != other


def test_a_group_that_weighs_nothing_has_no_shares(tasks):
    nothing = Weights(np.zeros(len(tasks)), "hours", "none", [])
    total = rollup(tasks, nothing).total
    assert total.weight == total.review == total.guard.automatable == 0
    assert {(share.low, share.expected, share.high) for share in total.shares.values()} == {(0, 0, 0)}


def test_figures_measured_under_other_costs_are_not_shown(tasks):
    figures = {"human_called_automatable": 0.01, "human_called_automatable_upper": 0.02}
    costs = [list(row) for row in POLICIES["cautious"].costs]
    for given, shown in (
        (figures, 0.01),
        ({**figures, "costs": costs}, 0.01),
        ({**figures, "costs": [[0] * 3] * 3}, None),
    ):
        found = {entry.policy: entry for entry in scenarios(tasks, weigh(tasks), {"cautious": given})}
        assert found["cautious"].measured_error == shown
        assert found["strict"].measured_error is None


def test_every_named_policy_is_a_scenario(tasks):
    assert [entry.policy for entry in scenarios(tasks, weigh(tasks))] == list(POLICIES)


@pytest.mark.parametrize("status", ["reviewed", "barred"])
def test_what_is_settled_stays_settled_under_every_policy(csv_file, status):
    rows = [(("A", "clerk", "Post", 3), [0.98, 0.01, 0.01], "", False, status, "augmentable")]
    tasks = read_scored(scored_csv(csv_file, rows))
    assert {entry.guard.automatable for entry in scenarios(tasks, weigh(tasks))} == {0}
