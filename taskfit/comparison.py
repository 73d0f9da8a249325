"""What changed between two scored files? Which tasks moved, how much they weigh, and why."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from taskfit.errors import InventoryError
from taskfit.guard import Guard, guard
from taskfit.labels import LABELS
from taskfit.scored import ScoredTasks, Weights
from taskfit.text import key

__all__ = ["Comparison", "Move", "compare"]

_NOTABLE = 0.1


@dataclass(frozen=True)
class Move:
    """A task whose label differs.

    Parameters
    ----------
    text, role, before, after : str
    weight : float
    why : str
    """

    text: str
    role: str
    before: str
    after: str
    weight: float
    why: str


@dataclass(frozen=True)
class Comparison:
    """Two scored files side by side.

    Parameters
    ----------
    unit : str
    shared : int
        Tasks that both have.
    moves : list of Move
        Heaviest first.
    table : list of list of float
        Weight by label before (rows) and after (columns), in the order of `taskfit.labels.LABELS`.
    only_first, only_second : int
        Tasks that one file has alone.
    guard_first, guard_second : Guard
        What each file would give to technology of the shared tasks, and its cost, both weighed as in the second.
    """

    unit: str
    shared: int
    moves: list[Move]
    table: list[list[float]]
    only_first: int
    only_second: int
    guard_first: Guard
    guard_second: Guard

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def compare(
    first: ScoredTasks,
    second: ScoredTasks,
    weights: Weights,
    *,
    records: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None] = (None, None),
) -> Comparison:
    """Compare two scored files; rows are matched by task and role, repeated ones in order.

    Parameters
    ----------
    first, second : ScoredTasks
    weights : Weights
        Of the second file.
    records : pair of mapping, optional
        What scoring recorded about each run.

    Raises
    ------
    InventoryError
        If the files were labelled by different rubrics, or share no task.
    """
    schemas = [record.get("schema") for record in records if record]
    if len(set(schemas)) > 1:
        raise InventoryError(
            f"{first.source} and {second.source} have different rubrics ({schemas[0]}, {schemas[1]}): score "
            "both with one version of taskfit"
        )
    pairs, left, alone = _pairs(first, second)
    if not pairs:
        raise InventoryError(
            f"{first.source} and {second.source} share no task with a role: compare runs of one inventory"
        )
    table = np.zeros((len(LABELS), len(LABELS)))
    moves = []
    for was, row in pairs:
        before, after = first.labels[was], second.labels[row]
        weight = float(weights.values[row])
        table[LABELS.index(before), LABELS.index(after)] += weight
        if before != after:
            why = _why(first, was, second, row)
            moves.append(Move(second.texts[row], second.roles[row], before, after, weight, why))
    moves.sort(key=lambda move: -move.weight)
    guards = _guards(first, second, weights, pairs)
    return Comparison(weights.unit, len(pairs), moves, table.tolist(), left, alone, *guards)


def _pairs(first: ScoredTasks, second: ScoredTasks) -> tuple[list[tuple[int, int]], int, int]:
    """Return the rows that belong together, and how many the first and the second file have alone."""
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for row in np.flatnonzero(first.scored).tolist():
        waiting[key(first.texts[row]), key(first.roles[row])].append(row)
    pairs, alone = [], 0
    for row in np.flatnonzero(second.scored).tolist():
        rows = waiting.get((key(second.texts[row]), key(second.roles[row])))
        if rows:
            pairs.append((rows.popleft(), row))
        else:
            alone += 1
    return pairs, sum(len(rows) for rows in waiting.values()), alone


def _guards(
    first: ScoredTasks, second: ScoredTasks, weights: Weights, pairs: list[tuple[int, int]]
) -> tuple[Guard, Guard]:
    was, now = (np.array(rows, dtype=np.intp) for rows in zip(*pairs, strict=True))
    values = np.zeros(len(first))
    values[was] = weights.values[now]
    return guard(first, replace(weights, values=values), was), guard(second, weights, now)


def _why(first: ScoredTasks, was: int, second: ScoredTasks, row: int) -> str:
    if second.statuses[row] == "reviewed" or first.statuses[was] == "reviewed":
        note = second.notes[row] if second.statuses[row] == "reviewed" else f"no longer {first.notes[was]}"
        return note or "settled by a person"
    if second.statuses[row] == "barred":
        return second.notes[row] or "settled by a barrier"
    change = second.probabilities[row] - first.probabilities[was]
    at = int(np.abs(change).argmax())
    if abs(change[at]) < _NOTABLE:
        return second.notes[row] or "the same chances, decided by another policy or barrier"
    return f"{LABELS[at]} {first.probabilities[was, at]:.0%} → {second.probabilities[row, at]:.0%}"
