"""What does it add up to? Shares of work by role, team or any column, with the model's doubt carried into them.

Every figure of what technology could take stands in one object with what it would cost in quality (`Guard`), so that
no caller can show the one without the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.labels import DRIVERS, LABELS, Label
from taskfit.policy import POLICIES, Policy
from taskfit.scored import ScoredTasks, Weights

__all__ = ["COVERAGE", "Guard", "Interval", "Rollup", "Scenario", "Summary", "grouped", "rollup", "scenarios"]

#: Promised coverage of the intervals.
COVERAGE = 0.90

#: Error that does not shrink with the number of tasks: how far the model's chances are off on average (its calibration
#: error was 0.02 when tested). A share is never known better than this.
SYSTEMATIC = 0.02

_DRAWS = 500
_AUTOMATABLE, _HUMAN = LABELS.index(Label.AUTOMATABLE), LABELS.index(Label.HUMAN_ESSENTIAL)


@dataclass(frozen=True)
class Interval:
    """A share of the weight, 0 to 1, as a range.

    Parameters
    ----------
    low, high : float
        The true share lies between them nine times in ten, if the tasks resemble those that the model was tested on.
    expected : float
    """

    low: float
    expected: float
    high: float


@dataclass(frozen=True)
class Guard:
    """What technology could take, and what that would put at risk. Show all of it or none.

    Parameters
    ----------
    automatable : float
        Weight of the tasks called automatable.
    unreviewed : float
        How much of it no person is asked to look at.
    wrongly_automated : float
        Expected weight of human-essential work among them.
    wrongly_automated_share : float
        The same as a share of `automatable`, 0 to 1.
    at_risk : float
        Expected weight of work among them that is not automatable: human-essential or augmentable.
    """

    automatable: float
    unreviewed: float
    wrongly_automated: float
    wrongly_automated_share: float
    at_risk: float


@dataclass(frozen=True)
class Summary:
    """A group of tasks.

    Parameters
    ----------
    group : dict of str to str
        Column and value; empty for all tasks.
    tasks : int
        With a label.
    weight : float
        Their hours, FTE, share or number.
    called : dict of str to float
        Share of the weight by the label that was decided.
    shares : dict of str to Interval
        Share of the weight by the true label, with the model's doubt.
    drivers : dict of str to float
        Expected share of the weight that is human-essential by this driver before all others.
    review : float
        Share of the weight that a person should look at.
    guard : Guard
    """

    group: dict[str, str]
    tasks: int
    weight: float
    called: dict[str, float]
    shares: dict[str, Interval]
    drivers: dict[str, float]
    review: float
    guard: Guard


@dataclass(frozen=True)
class Scenario:
    """What a policy would decide about the same tasks.

    Parameters
    ----------
    policy : str
    guard : Guard
    measured_error : float or None
        Share of human-essential tasks that this policy called automatable when the model was tested.
    measured_upper : float or None
        Its one-sided 95 % bound.
    """

    policy: str
    guard: Guard
    measured_error: float | None
    measured_upper: float | None


@dataclass(frozen=True)
class Rollup:
    """A scored inventory added up.

    Parameters
    ----------
    unit : str
    total : Summary
    groups : list of Summary
        Heaviest first.
    """

    unit: str
    total: Summary
    groups: list[Summary]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def rollup(tasks: ScoredTasks, weights: Weights, by: Sequence[str] = (), *, random_state: int = 0) -> Rollup:
    """Add up a scored inventory.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    by : sequence of str
        Columns whose values make the groups.
    random_state : int
        Seed of the draws behind the intervals.

    Raises
    ------
    ColumnError
        If a column is missing.
    """
    random = np.random.default_rng(random_state)
    total = _summary({}, np.flatnonzero(tasks.scored), tasks, weights.values, random)
    return Rollup(weights.unit, total, grouped(tasks, weights, by, random_state=random_state) if by else [])


def grouped(tasks: ScoredTasks, weights: Weights, by: Sequence[str], *, random_state: int = 0) -> list[Summary]:
    """Add up each group by itself, heaviest first; the arguments are those of `rollup`."""
    random = np.random.default_rng(random_state)
    columns = [tasks.column(name) for name in by]
    members: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(tasks.scored).tolist():
        members.setdefault(tuple(column[row].strip() or "(none)" for column in columns), []).append(row)
    groups = [
        _summary(dict(zip(by, key, strict=True)), np.array(rows), tasks, weights.values, random)
        for key, rows in members.items()
    ]
    return sorted(groups, key=lambda group: -group.weight)


def scenarios(
    tasks: ScoredTasks,
    weights: Weights,
    measured: Mapping[str, Mapping[str, float]] | None = None,
    policies: Mapping[str, Policy] = POLICIES,
) -> list[Scenario]:
    """Return what each policy would decide, each an operating point with its measured error.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    measured : mapping, optional
        ``policies`` of the model's manifest.
    policies : mapping of str to Policy
    """
    rows = np.flatnonzero(tasks.scored)
    probabilities, weight = tasks.probabilities[rows], weights.values[rows]
    results = []
    for name, policy in policies.items():
        decisions = policy.decide(probabilities)
        automatable = np.array([decision.label == Label.AUTOMATABLE for decision in decisions], dtype=np.bool_)
        review = np.array([decision.review for decision in decisions], dtype=np.bool_)
        found = (measured or {}).get(name, {})
        results.append(
            Scenario(
                name,
                _guard(automatable, review, probabilities, weight),
                found.get("human_called_automatable"),
                found.get("human_called_automatable_upper"),
            )
        )
    return results


def _summary(
    group: dict[str, str],
    rows: NDArray[np.intp],
    tasks: ScoredTasks,
    values: NDArray[np.float64],
    random: np.random.Generator,
) -> Summary:
    weight, probabilities = values[rows], tasks.probabilities[rows]
    total = float(weight.sum())
    share = weight / total if total > 0 else np.zeros_like(weight)
    labels = np.array([tasks.labels[row] for row in rows], dtype=object)
    drivers = tasks.drivers[rows]
    strongest = drivers.argmax(axis=1) if len(rows) else np.zeros(0, dtype=np.intp)
    return Summary(
        group=group,
        tasks=len(rows),
        weight=total,
        called={label: float(share[labels == label].sum()) for label in LABELS},
        shares=_intervals(probabilities, share, random),
        drivers={
            name: float((share * probabilities[:, _HUMAN])[strongest == at].sum()) for at, name in enumerate(DRIVERS)
        },
        review=float(share[tasks.review[rows]].sum()),
        guard=_guard(labels == Label.AUTOMATABLE, tasks.review[rows], probabilities, weight),
    )


def _guard(
    automatable: NDArray[np.bool_],
    review: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> Guard:
    taken = float(weight[automatable].sum())
    wrong = float((weight * probabilities[:, _HUMAN])[automatable].sum())
    return Guard(
        automatable=taken,
        unreviewed=float(weight[automatable & ~review].sum()),
        wrongly_automated=wrong,
        wrongly_automated_share=wrong / taken if taken else 0.0,
        at_risk=float((weight * (1 - probabilities[:, _AUTOMATABLE]))[automatable].sum()),
    )


def _intervals(
    probabilities: NDArray[np.float64], share: NDArray[np.float64], random: np.random.Generator
) -> dict[str, Interval]:
    """Draw true labels from the calibrated probabilities and see how the shares spread."""
    expected = share @ probabilities
    if not len(share):
        return {label: Interval(0.0, 0.0, 0.0) for label in LABELS}
    bounds = probabilities.cumsum(axis=1)[:, :-1].astype(np.float32)
    share = share.astype(np.float32)
    sums = np.zeros((_DRAWS, len(LABELS)))
    for start in range(0, len(share), 2000):  # bounded memory
        block = slice(start, start + 2000)
        drawn = random.random((_DRAWS, len(share[block])), dtype=np.float32)
        first, both = (drawn < bounds[block, column] for column in (0, 1))
        sums[:, 0] += first @ share[block]
        sums[:, 1] += (both & ~first) @ share[block]
        sums[:, 2] += (~both) @ share[block]
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(sums, [tail, 1 - tail], axis=0)
    low, high = expected - np.hypot(expected - low, SYSTEMATIC), expected + np.hypot(high - expected, SYSTEMATIC)
    return {
        label: Interval(float(max(0.0, low[at])), float(expected[at]), float(min(1.0, high[at])))
        for at, label in enumerate(LABELS)
    }
