"""What does it add up to? Shares of work by role, team or any column, with the model's doubt carried into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.guard import COVERAGE, Guard, draw, guards, summed
from taskfit.labels import DECISIVE, DRIVERS, LABELS, Label
from taskfit.policy import POLICIES, Policy
from taskfit.scored import ScoredTasks, Weights

__all__ = [
    "COVERAGE",
    "UNNAMED",
    "Guard",
    "Interval",
    "Rollup",
    "Scenario",
    "Summary",
    "grouped",
    "rollup",
    "scenarios",
]

#: Error that does not shrink with the number of tasks: how far the model's chances are off on average. It rests on the
#: calibration error of the shipped model on the test split, with roles told and not told (``metrics`` of the manifest),
#: rounded up to the next hundredth; on foreign inventories it may be larger. A share is never known better than this.
SYSTEMATIC = 0.02

#: Stands for a driver where none is likely to be decisive.
UNNAMED = "no driver named"

_AUTOMATABLE, _HUMAN = LABELS.index(Label.AUTOMATABLE), LABELS.index(Label.HUMAN_ESSENTIAL)


@dataclass(frozen=True)
class Interval:
    """A share of the weight, 0 to 1, as a range.

    Parameters
    ----------
    low, high : float
        The true share lies between them at least nine times in ten, if the tasks resemble those that the
        model was tested on.
    expected : float
    """

    low: float
    expected: float
    high: float


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
    drivers : dict of str to Interval
        Share of the weight that is human-essential by this driver before all others, or by none that can be named.
    review : float
        Share of the weight that a person should look at.
    guard : Guard
    """

    group: dict[str, str]
    tasks: int
    weight: float
    called: dict[str, float]
    shares: dict[str, Interval]
    drivers: dict[str, Interval]
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
    total = _summary({}, np.flatnonzero(tasks.scored), tasks, weights, random)
    return Rollup(weights.unit, total, grouped(tasks, weights, by, random_state=random_state) if by else [])


def grouped(tasks: ScoredTasks, weights: Weights, by: Sequence[str], *, random_state: int = 0) -> list[Summary]:
    """Add up each group by itself, heaviest first; the arguments are those of `rollup`."""
    random = np.random.default_rng(random_state)
    columns = [tasks.column(name) for name in by]
    members: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(tasks.scored).tolist():
        members.setdefault(tuple(column[row].strip() or "(none)" for column in columns), []).append(row)
    groups = [
        _summary(dict(zip(by, key, strict=True)), np.array(rows), tasks, weights, random)
        for key, rows in members.items()
    ]
    return sorted(groups, key=lambda group: -group.weight)


def scenarios(
    tasks: ScoredTasks,
    weights: Weights,
    measured: Mapping[str, Mapping[str, float]] | None = None,
    policies: Mapping[str, Policy] = POLICIES,
    *,
    random_state: int = 0,
) -> list[Scenario]:
    """Return what each policy would decide, each an operating point with its measured error.

    What people or barriers settled stays settled under every policy.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    measured : mapping, optional
        ``policies`` of the model's manifest.
    policies : mapping of str to Policy
    random_state : int
        Seed of the draws behind the intervals.
    """
    rows = np.flatnonzero(tasks.scored)
    chances = tasks.chances[rows]
    open_to = np.array([tasks.statuses[row] != "barred" for row in rows], dtype=np.bool_)
    called = np.array([policy.labels(chances) == _AUTOMATABLE for policy in policies.values()]).T & open_to[:, None]
    review = np.zeros_like(called)
    for at, policy in enumerate(policies.values()):
        review[called[:, at], at] = [decision.review for decision in policy.decide(chances[called[:, at]])]
    found = guards(tasks, weights, rows, called, review, np.random.default_rng(random_state))
    results = []
    for name, guard in zip(policies, found, strict=True):
        figures = _figures(policies[name], (measured or {}).get(name, {}))
        results.append(
            Scenario(
                name,
                guard,
                figures.get("human_called_automatable"),
                figures.get("human_called_automatable_upper"),
            )
        )
    return results


def _figures(policy: Policy, measured: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was measured for a policy, unless its costs were other ones then."""
    costs = [list(row) for row in policy.costs]
    return measured if measured.get("costs", costs) == costs else {}


def _summary(
    group: dict[str, str],
    rows: NDArray[np.intp],
    tasks: ScoredTasks,
    weights: Weights,
    random: np.random.Generator,
) -> Summary:
    weight, chances, review = weights.values[rows], tasks.chances[rows], tasks.review[rows]
    total = float(weight.sum())
    labels = np.array([tasks.labels[row] for row in rows], dtype=object)
    called = (labels == Label.AUTOMATABLE)[:, None]
    booked = weight[:, None] * _booked(tasks.drivers[rows])
    drawn, human = draw(chances, weight, np.hstack([booked, weight[:, None] * called]), random)
    by_driver = human[:, :-1]
    return Summary(
        group=group,
        tasks=len(rows),
        weight=total,
        called={label: float(weight[labels == label].sum()) / (total or 1.0) for label in LABELS},
        shares=_intervals(LABELS, weight @ chances, drawn, total),
        drivers=_intervals((*DRIVERS, UNNAMED), chances[:, _HUMAN] @ booked, by_driver, total),
        review=float(weight[review].sum()) / (total or 1.0),
        guard=summed(tasks, weights, rows, called, review[:, None], human[:, -1:])[0],
    )


def _booked(drivers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 where a driver is the strongest of a task and decisive, else 1 in the last column, shape (n, 6)."""
    strongest = np.where(drivers.max(axis=1) >= DECISIVE, drivers.argmax(axis=1), len(DRIVERS))
    return np.eye(len(DRIVERS) + 1)[strongest]


def _intervals(
    names: Sequence[str], expected: NDArray[np.float64], drawn: NDArray[np.float64], total: float
) -> dict[str, Interval]:
    """Return how drawn sums spread, as shares of the total and never narrower than the model's average error."""
    if not total:
        return {name: Interval(0.0, 0.0, 0.0) for name in names}
    tail = (1 - COVERAGE) / 2
    middle = expected / total
    low, high = np.quantile(drawn / total, [tail, 1 - tail], axis=0)
    low, high = middle - np.hypot(middle - low, SYSTEMATIC), middle + np.hypot(high - middle, SYSTEMATIC)
    return {
        name: Interval(float(max(0.0, low[at])), float(middle[at]), float(min(1.0, high[at])))
        for at, name in enumerate(names)
    }
