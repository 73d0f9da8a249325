"""What do people wish? Their wishes beside the fit: the four zones of WORKBank (Shao et al. 2025)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import InventoryError
from taskfit.guard import guard
from taskfit.labels import Label
from taskfit.scored import ScoredTasks, Weights

__all__ = ["NEUTRAL", "WISH_NAMES", "ZONES", "find_wishes", "zone_of", "zones"]

#: Names of the column in which people say how much they would like a task to be automated, 1 to 5.
WISH_NAMES = ("wish", "worker wish", "automation wish", "desire", "automation desire")

#: The middle of the scale: above it people would like the task automated, below it they would rather keep it.
NEUTRAL = 3.0

#: Zones and what they mean.
ZONES = {
    "green light": "people wish it, technology can help",
    "red light": "technology could help, people would rather keep it",
    "worth research": "people wish it, technology cannot",
    "low priority": "people would rather keep it, and must",
    "no preference": "people do not mind either way",
}

_TEAMS, _HEAVIEST = 8, 3


def find_wishes(tasks: ScoredTasks, wish: str | None) -> tuple[str | None, NDArray[np.float64]]:
    """Return the column of wishes and each row's wish, shape (n,); not a number where nobody was asked.

    Parameters
    ----------
    tasks : ScoredTasks
    wish : str, optional
        The column; found by its name if left out.

    Raises
    ------
    ColumnError
        If the named column is missing.
    InventoryError
        If a wish is not between 1 and 5.
    """
    if wish is None:
        folded = {name.strip().lower().replace("_", " "): name for name in tasks.columns}
        wish = next((folded[name] for name in WISH_NAMES if name in folded), None)
    values = np.full(len(tasks), np.nan)
    if wish is not None:
        for row, cell in enumerate(tasks.column(wish)):
            if tasks.labels[row] and cell.strip():
                values[row] = _wish(tasks, row, cell)
    return wish, values


def zone_of(label: str, wish: float) -> str:
    """Return the zone of a task; empty where nobody was asked."""
    if np.isnan(wish):
        return ""
    if wish == NEUTRAL:
        return "no preference"
    if label != Label.HUMAN_ESSENTIAL:
        return "green light" if wish > NEUTRAL else "red light"
    return "worth research" if wish > NEUTRAL else "low priority"


def zones(
    tasks: ScoredTasks,
    weights: Weights,
    column: str | None,
    wishes: NDArray[np.float64],
    teams: list[str],
    entry: Callable[[int], dict[str, Any]],
) -> dict[str, Any] | None:
    """Return the weight and the guard of each zone, and the heaviest tasks of the red one by team.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    column : str or None
    wishes : ndarray of shape (n,)
    teams : list of str
        Of each row.
    entry : callable
        Makes what a report says of a row.
    """
    if column is None:
        return None
    named = [zone_of(label, wish) if label else "" for label, wish in zip(tasks.labels, wishes.tolist(), strict=True)]
    rows = {name: [row for row, zone in enumerate(named) if zone == name] for name in ZONES}
    unasked = np.flatnonzero(tasks.scored & np.isnan(wishes))
    return {
        "column": column,
        "neutral": NEUTRAL,
        "weight": {name: float(weights.values[members].sum()) for name, members in rows.items()},
        "tasks": {name: len(members) for name, members in rows.items()},
        "guards": {name: _cost(tasks, weights, members) for name, members in rows.items()},
        "red": _by_team(tasks, weights, rows["red light"], teams, entry),
        "unknown": float(weights.values[unasked].sum()),
    }


def _by_team(
    tasks: ScoredTasks, weights: Weights, rows: list[int], teams: list[str], entry: Callable[[int], dict[str, Any]]
) -> list[dict[str, Any]]:
    members: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: -weights.values[row]):
        members.setdefault(teams[row], []).append(row)
    heaviest = sorted(members.items(), key=lambda item: -float(weights.values[item[1]].sum()))
    return [
        {
            "team": team,
            "weight": float(weights.values[held].sum()),
            "tasks": len(held),
            "guard": _cost(tasks, weights, held),
            "heaviest": [entry(row) for row in held[:_HEAVIEST]],
        }
        for team, held in heaviest[:_TEAMS]
    ]


def _cost(tasks: ScoredTasks, weights: Weights, rows: list[int]) -> dict[str, float]:
    return asdict(guard(tasks, weights, np.array(rows, dtype=np.intp)))


def _wish(tasks: ScoredTasks, row: int, cell: str) -> float:
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not 1 <= value <= 5:
        raise InventoryError(
            f"{tasks.source}, line {tasks.lines[row]}: the wish is {cell!r}; a wish is 1 to 5 or empty"
        )
    return value
