"""What does a report say? One plain dict: the page is drawn from it, ``--json`` prints it, tests assert on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import ColumnError, InventoryError
from taskfit.hygiene import find_problems
from taskfit.labels import DRIVERS, LABELS, Label
from taskfit.report.wishes import NEUTRAL, find_wishes, zone_of, zones
from taskfit.rollup import COVERAGE, grouped, rollup, scenarios
from taskfit.scored import ScoredTasks, Weights, group_columns, said

__all__ = ["group_columns", "summarise"]

#: Tables of groups that a report has.
TABLES = 2

#: Who settled a task, by its status.
SETTLED = {"reviewed": "people", "barred": "a barrier"}

_QUEUE, _FIRST, _FINDINGS = 50, 8, 100


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
        One or two columns that make groups; found by their usual names if empty.
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
        If a named column is missing, or more than two make groups.
    InventoryError
        If no row has a label, or a wish is not between 1 and 5.
    """
    by = _checked(tasks, by)
    added = rollup(tasks, weights, by[:1])
    column, wishes = find_wishes(tasks, wish)
    entries = _Entries(tasks, weights, wishes, by)
    found = zones(tasks, weights, column, wishes, entries.teams, entries.of)
    return {
        **_subject(tasks, weights, today or date.today()),
        "by": by,
        "tasks": added.total.tasks,
        "settled": _settled(tasks, weights, run),
        "coverage": COVERAGE,
        "total": asdict(added.total),
        "groups": [asdict(group) for group in added.groups],
        "second": [asdict(group) for group in grouped(tasks, weights, by[1:2])] if len(by) > 1 else [],
        "scenarios": [asdict(scenario) for scenario in scenarios(tasks, weights, _measured(model, run))],
        "queue": entries.queue(),
        "first": entries.ranked(Label.AUTOMATABLE),
        "never": entries.ranked(Label.HUMAN_ESSENTIAL),
        "findings": _findings(tasks, weights),
        "zones": found,
        "warnings": _warnings(tasks, weights, found) + _strange(model, run),
        "model": None if model is None else _model(model),
        "run": dict(run) if run else None,
    }


def _measured(model: Mapping[str, Any] | None, run: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return how the policies did when the tier that scored was tested; None where another model scored."""
    if model is None:
        return None
    fingerprint, tiers = (run or {}).get("fingerprint"), model.get("tiers", {})
    for tier, key in (("accurate", "policies"), ("fast", "policies_fast")):
        if fingerprint in (None, tiers.get(tier, {}).get("fingerprint")):
            found: Mapping[str, Any] | None = model.get(key)
            return found
    return None


def _strange(model: Mapping[str, Any] | None, run: Mapping[str, Any] | None) -> list[str]:
    if model is None or not run or _measured(model, run) is not None:
        return []
    return [f"Model {run.get('model')} scored this file, and not {model.get('name')}: name it with --model."]


def _checked(tasks: ScoredTasks, by: Sequence[str]) -> list[str]:
    if not tasks.scored.any():
        raise InventoryError(f"{tasks.source}: no row has a label, so there is nothing to report")
    if len(by) > TABLES:
        raise ColumnError(f"{tasks.source}: a report has {TABLES} tables of groups, not {len(by)}; name two columns")
    return list(by) or group_columns(tasks)


def _subject(tasks: ScoredTasks, weights: Weights, today: date) -> dict[str, Any]:
    return {
        "source": tasks.source,
        "created": today.isoformat(),
        "unit": weights.unit,
        "weights": weights.source,
        "rows": len(tasks),
        "statuses": dict(Counter(tasks.statuses).most_common()),
    }


class _Entries:
    """What a report says of single rows, and which rows it picks.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    wishes : ndarray of shape (n,)
    by : sequence of str
        Columns that make groups; the first that is not the role names the team.
    """

    def __init__(self, tasks: ScoredTasks, weights: Weights, wishes: NDArray[np.float64], by: Sequence[str]) -> None:
        self._tasks, self._weights, self._wishes = tasks, weights, wishes
        role = (tasks.role or "").lower()
        team = next((name for name in (*by, *group_columns(tasks)) if name.strip().lower() != role), None)
        self.teams = [""] * len(tasks) if team is None else [cell.strip() for cell in tasks.column(team)]

    def of(self, row: int) -> dict[str, Any]:
        """Return what is said of a row."""
        tasks, wish = self._tasks, float(self._wishes[row])
        return {
            "row": row,
            "line": tasks.lines[row],
            "text": tasks.texts[row],
            "team": self.teams[row],
            "role": tasks.roles[row],
            "label": tasks.labels[row],
            "probabilities": [round(float(value), 4) for value in tasks.probabilities[row]],
            "drivers": {name: round(float(value), 2) for name, value in zip(DRIVERS, tasks.drivers[row], strict=True)},
            "decisive": tasks.decisive[row],
            "weight": float(self._weights.values[row]),
            "wish": None if np.isnan(wish) else wish,
            "zone": zone_of(tasks.labels[row], wish),
            "review": bool(tasks.review[row]),
            "status": tasks.statuses[row],
            "settled": SETTLED.get(tasks.statuses[row], ""),
            "note": tasks.notes[row],
        }

    def queue(self) -> list[dict[str, Any]]:
        """Return the tasks whose doubt weighs most: the chance that the label is wrong, times the weight."""
        rows = np.flatnonzero(self._tasks.scored & self._tasks.review)
        doubt = 1 - self._tasks.chances[rows].max(axis=1, initial=0.0)
        order = rows[np.argsort(-(doubt * np.maximum(self._weights.values[rows], 1e-9)), kind="stable")]
        return [self.of(int(row)) for row in order[:_QUEUE]]

    def ranked(self, label: str) -> list[dict[str, Any]]:
        """Return the heaviest sure tasks of a label that nobody is asked to look at, each wording once.

        What people would rather keep is nothing to start with, however sure the label.
        """
        tasks, weights, column = self._tasks, self._weights.values, LABELS.index(label)
        open_to = np.ones(len(tasks), dtype=np.bool_) if label != Label.AUTOMATABLE else ~(self._wishes < NEUTRAL)
        rows = [row for row in np.flatnonzero(open_to & ~tasks.review).tolist() if tasks.labels[row] == label]
        rows.sort(key=lambda row: (-weights[row], -tasks.chances[row, column]))
        once: dict[str, int] = {}
        for row in rows:
            once.setdefault(tasks.texts[row], row)
        return [self.of(row) for row in list(once.values())[:_FIRST]]


def _findings(tasks: ScoredTasks, weights: Weights) -> list[dict[str, Any]]:
    return [
        {**asdict(found), "lines": [tasks.lines[row] for row in found.rows], "text": tasks.texts[found.rows[0]]}
        for found in find_problems(tasks, weights)[:_FINDINGS]
    ]


def _settled(tasks: ScoredTasks, weights: Weights, run: Mapping[str, Any] | None) -> dict[str, Any]:
    """Count what people and barriers decided, and how often people said what the model had said, where it is known."""
    held = {status: [row for row, own in enumerate(tasks.statuses) if own == status] for status in SETTLED}
    known = run or {}
    return {
        "people": len(held["reviewed"]),
        "people_weight": float(weights.values[held["reviewed"]].sum()),
        "barrier": len(held["barred"]),
        "barrier_weight": float(weights.values[held["barred"]].sum()),
        "barriers": list(known.get("barriers") or []),
        "decided": known.get("decided"),
        "agree": known.get("decisions_agree"),
    }


def _warnings(tasks: ScoredTasks, weights: Weights, zones: Mapping[str, Any] | None) -> list[str]:
    found = list(weights.notes)
    if weights.unit == "tasks" and not weights.notes:
        found.append("No column of hours was named or found: every task counts the same, long or short.")
    if weights.missing:
        unit = "share is" if weights.unit == "share" else f"{weights.unit} are"
        found.append(f"No {unit} given for {said(len(weights.missing), 'tasks')}: without, a task counts for nothing.")
    if zones is None:
        found.append("Nobody's wishes are in this inventory: ask the people who do the work before acting on it.")
    elif zones["tasks"]["red light"]:
        weight = said(zones["weight"]["red light"], weights.unit)
        found.append(
            f"People would rather keep {said(zones['tasks']['red light'], 'tasks')} ({weight}) that technology could "
            "take or help with: talk with them before anything changes."
        )
    unscored = len(tasks) - int(tasks.scored.sum())
    if unscored:
        found.append(f"Rows that hold no task and are in no figure: {unscored:,} of {len(tasks):,}.")
    return found


def _model(manifest: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "created", "schema", "protocol", "data", "tiers", "policies")
    return {name: manifest[name] for name in names if name in manifest}
