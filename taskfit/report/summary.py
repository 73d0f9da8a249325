"""What does a report say? One plain dict: the page is drawn from it, ``--json`` prints it, tests assert on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from taskfit.errors import InventoryError
from taskfit.hygiene import find_problems
from taskfit.labels import DRIVERS, LABELS, Label
from taskfit.rollup import COVERAGE, grouped, rollup, scenarios
from taskfit.scored import ScoredTasks, Weights

__all__ = ["group_columns", "summarise"]

#: Names of columns that make groups if none is named, the first two that an inventory has.
GROUP_NAMES = (
    "team", "department", "ward", "unit", "process area", "function", "line", "business unit", "role", "job title"
)  # fmt: skip

#: Names of the column in which people say how much they would like a task to be automated, 1 to 5.
WISH_NAMES = ("wish", "worker wish", "automation wish", "desire", "automation desire")

_QUEUE, _FIRST, _FINDINGS = 50, 8, 100
_WISHED = 3.5


def summarise(
    tasks: ScoredTasks,
    weights: Weights,
    *,
    by: Sequence[str] = (),
    model: Mapping[str, Any] | None = None,
    run: Mapping[str, Any] | None = None,
    wish: str | None = None,
    today: date | None = None,
) -> dict[str, Any]:
    """Return everything that a report says, as plain JSON values.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    by : sequence of str
        Columns that make groups; found by their usual names if empty.
    model : mapping, optional
        Manifest of the model that scored, for its measured errors and digests.
    run : mapping, optional
        What scoring recorded about its run.
    wish : str, optional
        Column with people's wishes, 1 to 5; found by its name if left out.
    today : date, optional

    Raises
    ------
    ColumnError
        If a named column is missing.
    InventoryError
        If no row has a label, or a wish is not between 1 and 5.
    """
    if not tasks.scored.any():
        raise InventoryError(f"{tasks.source}: no row has a label, so there is nothing to report")
    by = list(by) or group_columns(tasks)
    added = rollup(tasks, weights, by[:1])
    zones = _zones(tasks, weights, wish)
    return {
        "source": tasks.source,
        "created": (today or date.today()).isoformat(),
        "unit": weights.unit,
        "weights": weights.source,
        "by": by,
        "rows": len(tasks),
        "tasks": added.total.tasks,
        "statuses": dict(Counter(tasks.statuses).most_common()),
        "coverage": COVERAGE,
        "total": asdict(added.total),
        "groups": [asdict(group) for group in added.groups],
        "second": [asdict(group) for group in grouped(tasks, weights, by[1:2])] if len(by) > 1 else [],
        "scenarios": [asdict(scenario) for scenario in scenarios(tasks, weights, (model or {}).get("policies"))],
        "queue": _queue(tasks, weights),
        "first": _ranked(tasks, weights, Label.AUTOMATABLE),
        "never": _ranked(tasks, weights, Label.HUMAN_ESSENTIAL),
        "findings": [
            {
                **asdict(finding),
                "lines": [tasks.lines[row] for row in finding.rows],
                "text": tasks.texts[finding.rows[0]],
            }
            for finding in find_problems(tasks, weights)[:_FINDINGS]
        ],
        "zones": zones,
        "warnings": _warnings(tasks, weights, zones),
        "model": None if model is None else _model(model),
        "run": dict(run) if run else None,
    }


def group_columns(tasks: ScoredTasks) -> list[str]:
    """Return the columns that make groups if the user names none: a team and a role, where there are such columns."""
    folded = {name.strip().lower().replace("_", " "): name for name in tasks.columns}
    found = [folded[name] for name in GROUP_NAMES if name in folded]
    team = [name for name in found if name != tasks.role][:1]
    return team + ([tasks.role] if tasks.role else [])


def _entry(tasks: ScoredTasks, weights: Weights, row: int) -> dict[str, Any]:
    return {
        "row": row,
        "line": tasks.lines[row],
        "text": tasks.texts[row],
        "role": tasks.roles[row],
        "label": tasks.labels[row],
        "probabilities": [round(float(value), 4) for value in tasks.probabilities[row]],
        "drivers": {name: round(float(value), 2) for name, value in zip(DRIVERS, tasks.drivers[row], strict=True)},
        "decisive": tasks.decisive[row],
        "weight": float(weights.values[row]),
        "review": bool(tasks.review[row]),
        "status": tasks.statuses[row],
        "note": tasks.notes[row],
    }


def _queue(tasks: ScoredTasks, weights: Weights) -> list[dict[str, Any]]:
    """Return the tasks whose doubt weighs most: the chance that the label is wrong, times the weight."""
    rows = np.flatnonzero(tasks.scored & tasks.review)
    doubt = 1 - tasks.probabilities[rows].max(axis=1, initial=0.0)
    order = rows[np.argsort(-(doubt * np.maximum(weights.values[rows], 1e-9)), kind="stable")]
    return [_entry(tasks, weights, int(row)) for row in order[:_QUEUE]]


def _ranked(tasks: ScoredTasks, weights: Weights, label: str) -> list[dict[str, Any]]:
    """Return the heaviest sure tasks of a label that nobody is asked to look at, each wording once."""
    rows = [row for row, called in enumerate(tasks.labels) if called == label and not tasks.review[row]]
    column = LABELS.index(label)
    rows.sort(key=lambda row: (-weights.values[row], -tasks.probabilities[row, column]))
    seen: set[str] = set()
    kept = [row for row in rows if not (tasks.texts[row] in seen or seen.add(tasks.texts[row]))]  # type: ignore[func-returns-value]
    return [_entry(tasks, weights, row) for row in kept[:_FIRST]]


def _zones(tasks: ScoredTasks, weights: Weights, wish: str | None) -> dict[str, Any] | None:
    """Set people's wishes beside the fit: the four zones of WORKBank (Shao et al. 2025)."""
    if wish is None:
        folded = {name.strip().lower().replace("_", " "): name for name in tasks.columns}
        wish = next((folded[name] for name in WISH_NAMES if name in folded), None)
        if wish is None:
            return None
    zones = {name: 0.0 for name in ("green light", "red light", "worth research", "low priority")}
    unknown = 0.0
    for row, cell in enumerate(tasks.column(wish)):
        if not tasks.labels[row]:
            continue
        value = float(weights.values[row])
        if not cell.strip():
            unknown += value
            continue
        wished = _wish(tasks, row, cell) >= _WISHED
        able = tasks.labels[row] != Label.HUMAN_ESSENTIAL
        zone = ("green light" if wished else "red light") if able else ("worth research" if wished else "low priority")
        zones[zone] += value
    return {"column": wish, "weight": zones, "unknown": unknown}


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


def _warnings(tasks: ScoredTasks, weights: Weights, zones: Mapping[str, Any] | None) -> list[str]:
    found = []
    if weights.unit == "tasks":
        found.append("No column of hours was named or found: every task counts the same, long or short.")
    if weights.missing:
        found.append(f"{len(weights.missing):,} tasks have no {weights.unit} and count for nothing.")
    if zones is None:
        found.append("Nobody's wishes are in this inventory: ask the people who do the work before acting on it.")
    unscored = len(tasks) - int(tasks.scored.sum())
    if unscored:
        found.append(f"{unscored:,} of {len(tasks):,} rows hold no task and are in no figure.")
    return found


def _model(manifest: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "created", "schema", "protocol", "data", "tiers", "policies")
    return {name: manifest[name] for name in names if name in manifest}
