"""What should be mended before anyone decides? Vague, compound, doubled and oddly weighted rows of an inventory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import InventoryError
from taskfit.inventory.numbers import read_numbers
from taskfit.scored import ScoredTasks, Weights, fte_column, owners, said
from taskfit.text import key

__all__ = ["Finding", "find_problems", "propose_split"]

#: Hours that a time has: more on one row is hard to believe. A column that names none is taken to mean a week.
HOURS = {"day": 24, "week": 168, "month": 744, "quarter": 2_208, "year": 8_784}

#: Share of all hours beyond which the work of a role is more than its people can do: 60 hours a week.
BUSY = 60 / 168

_WORD = re.compile(r"[^\W\d_]{3,}")
# What grammar adds to a word; the final e and y go too, so that "reconcile" and "reconciling" meet.
_ENDINGS = re.compile(r"(?:ing|ies|ied|es|ed|(?<!s)s)?$")
_FINAL = re.compile(r"[ey]$")
_SHOWN = 4
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
    holders = owners(tasks)
    for rows in same.values():
        if len(rows) > 1:
            yield _double("duplicate", rows, tasks, weights, f"the same words{_held(rows, holders, weights)}")
    for gist, rows in alike.items():
        wordings = {key(tasks.texts[row]): tasks.texts[row] for row in reversed(rows)}
        wordings.pop(key(tasks.texts[rows[0]]), None)
        if len(gist) >= 3 and wordings:
            what = f"the same work in other words? {'; '.join(list(wordings.values())[:_SHOWN])}"
            yield _double("worded_alike", rows, tasks, weights, f"{what}{_held(rows, holders, weights)}")


def _double(kind: str, rows: list[int], tasks: ScoredTasks, weights: Weights, what: str) -> Finding:
    return Finding(kind, tuple(rows), float(weights.values[rows].sum()), what)


def _held(rows: list[int], holders: list[tuple[str, ...]], weights: Weights) -> str:
    """Say who has the rows, and how much of them."""
    held: dict[str, float] = defaultdict(float)
    for row in rows:
        held[" · ".join(part.strip() for part in holders[row] if part.strip())] += float(weights.values[row])
    names = [f"{name} {said(value, weights.unit)}" for name, value in held.items() if name]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    where = f": {'; '.join(names[:_SHOWN])}{more}" if names else ""
    return f" ({len(rows)} rows{where})"


def _gist(text: str) -> frozenset[str]:
    """Return the stems of a text's words, in no order."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP)


@lru_cache(maxsize=100_000)  # an inventory repeats its words
def _stem(word: str) -> str:
    return _FINAL.sub("", _ENDINGS.sub("", word, count=1))


def _weights(tasks: ScoredTasks, weights: Weights) -> Iterator[Finding]:
    if weights.missing:
        message = f"{weights.source} is empty, zero or no number: these tasks count for nothing"
        yield Finding("no_weight", tuple(weights.missing), 0.0, message)
    if weights.unit == "hours":
        yield from _hours(tasks, weights)
    if weights.unit == "share":
        totals: dict[str, list[int]] = defaultdict(list)
        for row, role in enumerate(tasks.roles):
            totals[role].append(row)
        for role, rows in totals.items():
            total = float(weights.values[rows].sum())
            if role and total > 1.05:
                yield Finding("too_much", tuple(rows), total, f"the shares of {role} add up to {total:.0%}")


def _hours(tasks: ScoredTasks, weights: Weights) -> Iterator[Finding]:
    named = [name for name in HOURS if re.search(name, weights.source.lower())]
    period = named[-1] if named else "week"
    for row in np.flatnonzero(weights.values > HOURS[period]).tolist():
        value = float(weights.values[row])
        yield Finding(
            "too_much",
            (row,),
            value,
            f"{value:,g} hours: more than a {period} has; is it a sum, or of a longer time?",
        )
    yield from _overworked(tasks, weights, period)


def _overworked(tasks: ScoredTasks, weights: Weights, period: str) -> Iterator[Finding]:
    people = _people(tasks)
    if people is None:
        return
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, holder in enumerate(owners(tasks)):
        members[holder].append(row)
    for holder, rows in members.items():
        total, heads = float(weights.values[rows].sum()), float(people[rows].max())
        # Only where the column says the same on every row are its people those of the role.
        if heads == float(people[rows].min()) > 0 and total > heads * BUSY * HOURS[period]:
            who = " · ".join(part.strip() for part in holder if part.strip())
            message = f"{who}: {total:,g} hours a {period} for {heads:g} FTE; is the column what one person does?"
            yield Finding("too_much", tuple(rows), total, message)


def _people(tasks: ScoredTasks) -> NDArray[np.float64] | None:
    """Return how many people hold the role of each row, where a column that can be read says so."""
    column = fte_column(tasks)
    if column is None:
        return None
    try:
        return read_numbers(tasks.column(column), column=column, source=tasks.source, lines=tasks.lines)
    except InventoryError:  # nobody asked to weigh by it
        return None
