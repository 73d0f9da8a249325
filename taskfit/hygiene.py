"""What should be mended before anyone decides? Vague, compound, doubled and oddly weighted rows of an inventory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from taskfit.scored import ScoredTasks, Weights
from taskfit.text import key

__all__ = ["Finding", "find_problems", "propose_split"]

#: Hours a week beyond which one row, and one role of one team for each of its people, is hard to believe.
HOURS_IN_A_WEEK = 168

_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS = re.compile(r"(ing|ies|es|ed|s)$")
_STOP = frozenset("and the for from with all any our your their each into onto that this".split())  # noqa: SIM905
_JOINT = re.compile(
    r"\s*(?:;|,?\s+and then\s+|,?\s+and also\s+|,?\s+and\s+|\s+/\s+|,?\s+as well as\s+)\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Finding:
    """Rows that somebody should look at.

    Parameters
    ----------
    kind : str
        ``vague``, ``compound``, ``not_a_task``, ``duplicate``, ``worded_alike``, ``no_weight`` or ``too_much``.
    rows : tuple of int
        Their positions.
    weight : float
        What they weigh together.
    message : str
        What to do.
    """

    kind: str
    rows: tuple[int, ...]
    weight: float
    message: str


def find_problems(tasks: ScoredTasks, weights: Weights) -> list[Finding]:
    """Return what should be mended, the heaviest first within each kind.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    """
    found = [*_by_status(tasks, weights), *_doubles(tasks, weights), *_weights(tasks, weights)]
    order = ("duplicate", "worded_alike", "compound", "vague", "not_a_task", "no_weight", "too_much")
    return sorted(found, key=lambda finding: (order.index(finding.kind), -finding.weight))


def propose_split(text: str) -> list[str]:
    """Return the tasks that a compound one may be split into; the text itself if it has no joint."""
    parts = [part.strip(" .,;") for part in _JOINT.split(text) if part and part.strip(" .,;")]
    whole = [part for part in parts if len(part.split()) >= 2]
    return [part[0].upper() + part[1:] for part in whole] if len(whole) == len(parts) > 1 else [text]


def _by_status(tasks: ScoredTasks, weights: Weights) -> Iterator[Finding]:
    advice = {
        "vague": "say what is done, to what and for whom",
        "not_a_task": "remove it, or write the task",
    }
    for row, status in enumerate(tasks.statuses):
        if status in advice:
            yield Finding(status, (row,), float(weights.values[row]), advice[status])
        elif status == "compound":
            parts = propose_split(tasks.texts[row])
            message = " | ".join(parts) if len(parts) > 1 else "split it into one task a row"
            yield Finding(status, (row,), float(weights.values[row]), message)


def _doubles(tasks: ScoredTasks, weights: Weights) -> Iterator[Finding]:
    same: dict[str, list[int]] = defaultdict(list)
    alike: dict[frozenset[str], list[int]] = defaultdict(list)
    for row in np.flatnonzero(tasks.scored).tolist():
        same[key(tasks.texts[row])].append(row)
        alike[_gist(tasks.texts[row])].append(row)
    for rows in same.values():
        if len(rows) > 1:
            yield _double("duplicate", rows, tasks, weights, "the same words")
    for gist, rows in alike.items():
        if len(gist) >= 3 and len({key(tasks.texts[row]) for row in rows}) > 1:
            yield _double("worded_alike", rows, tasks, weights, "the same work in other words?")


def _double(kind: str, rows: list[int], tasks: ScoredTasks, weights: Weights, what: str) -> Finding:
    owners = {tasks.roles[row] for row in rows if tasks.roles[row]}
    where = f" in {len(owners)} roles" if len(owners) > 1 else ""
    return Finding(kind, tuple(rows), float(weights.values[rows].sum()), f"{what}, {len(rows)} rows{where}")


def _gist(text: str) -> frozenset[str]:
    """Return the stems of a text's words, in no order."""
    return frozenset(_ENDINGS.sub("", word) for word in _WORD.findall(text.lower()) if word not in _STOP)


def _weights(tasks: ScoredTasks, weights: Weights) -> Iterator[Finding]:
    if weights.missing:
        message = f"{weights.source} is empty or no number: these tasks count for nothing"
        yield Finding("no_weight", tuple(weights.missing), 0.0, message)
    if weights.unit == "hours":
        for row in np.flatnonzero(weights.values > HOURS_IN_A_WEEK).tolist():
            message = f"{weights.values[row]:g} hours: more than a week has; is it a sum, a month or a year?"
            yield Finding("too_much", (row,), float(weights.values[row]), message)
    if weights.unit == "share":
        totals: dict[str, list[int]] = defaultdict(list)
        for row, role in enumerate(tasks.roles):
            totals[role].append(row)
        whole = 100.0 if float(weights.values.max(initial=0.0)) > 1 else 1.0
        for role, rows in totals.items():
            total = float(weights.values[rows].sum())
            if role and total > 1.05 * whole:
                yield Finding("too_much", tuple(rows), total, f"the shares of {role} add up to {total / whole:.0%}")
