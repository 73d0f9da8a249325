"""What does a scored inventory say? The rows that scoring wrote, read back as arrays, and how much each row weighs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import ColumnError, InventoryError
from taskfit.inventory import Row, open_inventory, role_column, text_column
from taskfit.inventory.numbers import read_numbers
from taskfit.labels import DRIVERS, LABELS, Label

__all__ = [
    "ScoredTasks",
    "Weights",
    "fte_column",
    "group_columns",
    "hours_columns",
    "owners",
    "read_scored",
    "said",
    "weigh",
]

#: Names of columns that make groups if none is named, the first that an inventory has.
GROUP_NAMES = (
    "team", "department", "ward", "unit", "process area", "function", "line", "business unit", "role", "job title"
)  # fmt: skip

#: Names of the column that says how many people hold a role.
FTE_NAMES = frozenset({"fte", "ftes", "headcount", "heads", "full time equivalents", "full-time equivalents"})

_HOURS = re.compile(r"hours?( (per|a) (week|month|year|day))?|hrs?( per week)?|weekly hours|hours[_ /].*")
_AUTOMATABLE = LABELS.index(Label.AUTOMATABLE)
_FACTOR = re.compile(r"\s*([*/])\s*")
_CHUNK = 10_000


@dataclass(frozen=True)
class ScoredTasks:
    """Scored rows, one entry a row in every field.

    Parameters
    ----------
    texts, roles, labels, statuses, notes, decisive : list of str
        The label is empty where the row has no task; `decisive` names drivers, strongest first.
    probabilities : ndarray of shape (n, 3)
        In the order of `taskfit.labels.LABELS`; zeros where the row has no task.
    drivers : ndarray of shape (n, 5)
    review : ndarray of bool, shape (n,)
    columns : dict of str to list of str
        The inventory's own columns.
    lines : list of int
    text, role : str, optional
        Names of the columns with the tasks and the roles.
    source : str
    """

    texts: list[str]
    roles: list[str]
    labels: list[str]
    statuses: list[str]
    notes: list[str]
    decisive: list[str]
    probabilities: NDArray[np.float64]
    drivers: NDArray[np.float64]
    review: NDArray[np.bool_]
    columns: dict[str, list[str]]
    lines: list[int]
    text: str
    role: str | None
    source: str

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which rows have a label, shape (n,)."""
        return np.array([bool(label) for label in self.labels], dtype=np.bool_)

    @cached_property
    def chances(self) -> NDArray[np.float64]:
        """The probabilities as far as people and barriers left them open, shape (n, 3).

        What a person decided is certain, and what a barrier keeps with people has no chance of being automatable.
        """
        result = self.probabilities.copy()
        for row, (label, status) in enumerate(zip(self.labels, self.statuses, strict=True)):
            if status == "reviewed" and label:
                result[row] = [float(name == label) for name in LABELS]
            elif status == "barred":
                result[row, LABELS.index(Label.AUGMENTABLE)] += result[row, _AUTOMATABLE]
                result[row, _AUTOMATABLE] = 0.0
        return result

    @cached_property
    def overruled(self) -> NDArray[np.bool_]:
        """Which rows a person decided toward technology against the model's likeliest label, shape (n,)."""
        likeliest = self.probabilities.argmax(axis=1).tolist()
        return np.array(
            [
                status == "reviewed" and label in LABELS[:at]
                for label, status, at in zip(self.labels, self.statuses, likeliest, strict=True)
            ],
            dtype=np.bool_,
        )

    def column(self, name: str) -> list[str]:
        """Return an inventory column by its name, in any case.

        Raises
        ------
        ColumnError
            If there is none.
        """
        folded = {column.strip().lower(): column for column in self.columns}
        if name.strip().lower() not in folded:
            raise ColumnError(f"{self.source} has no column {name!r}: it has {', '.join(self.columns)}")
        return self.columns[folded[name.strip().lower()]]


@dataclass(frozen=True)
class Weights:
    """How much each row counts.

    Parameters
    ----------
    values : ndarray of shape (n,)
        0 where the cell is empty. A share is a part of a role's whole time, 0 to 1.
    unit : str
        Such as ``hours``, ``FTE`` or ``tasks``.
    source : str
        Where they come from, in words.
    missing : list of int
        Positions of tasks whose cell is empty, zero or no number.
    notes : tuple of str
        What a reader should know before believing them.
    """

    values: NDArray[np.float64]
    unit: str
    source: str
    missing: list[int]
    notes: tuple[str, ...] = ()


def read_scored(source: str | Path, *, text: str | None = None) -> ScoredTasks:
    """Read what ``taskfit score`` wrote.

    Parameters
    ----------
    source : str or Path
    text : str, optional
        Column with the tasks; found by its name if left out.

    Raises
    ------
    InventoryError
        If the file was not scored, or a score is no number.
    """
    with open_inventory(source) as inventory:
        names = inventory.description.columns
        rows = [row for chunk in inventory.chunks(_CHUNK) for row in chunk]
    needed = ["fit_label", *(f"fit_p_{label.replace('-', '_')}" for label in LABELS), "fit_review", "fit_status"]
    if lacking := [name for name in needed if name not in names]:
        raise InventoryError(f"{source} has no {', '.join(lacking)}: run taskfit score on it first")
    own = [name for name in names if not name.startswith("fit_")]
    at = {name: position for position, name in enumerate(names)}
    sample = [Row(tuple(row.cells[at[name]] for name in own), row.line) for row in rows[:1000]]
    text_name, role_name = text_column(own, sample, text), role_column(own)

    def cells(name: str) -> list[str]:
        return [_plain(row.cells[at[name]]) for row in rows] if name in at else [""] * len(rows)

    flags = [cell.lower() for cell in cells("fit_review")]
    return ScoredTasks(
        texts=cells(text_name),
        roles=[""] * len(rows) if role_name is None else cells(role_name),
        labels=_words(cells("fit_label"), rows, "fit_label", ("", *LABELS)),
        statuses=cells("fit_status"),
        notes=cells("fit_note"),
        decisive=cells("fit_drivers"),
        probabilities=_numbers(rows, [at[name] for name in needed[1:4]], names),
        drivers=_drivers(rows, at, names),
        review=np.array(
            [flag == "true" for flag in _words(flags, rows, "fit_review", ("", "true", "false"))], dtype=np.bool_
        ),
        columns={name: cells(name) for name in own},
        lines=[row.line for row in rows],
        text=text_name,
        role=role_name,
        source=Path(source).name,
    )


def group_columns(tasks: ScoredTasks) -> list[str]:
    """Return the columns that make groups if the user names none: a team and a role, where there are such columns."""
    folded = {_folded(name): name for name in tasks.columns}
    found = [folded[name] for name in GROUP_NAMES if name in folded]
    team = [name for name in found if name != tasks.role][:1]
    return team + ([tasks.role] if tasks.role else [])


def hours_columns(tasks: ScoredTasks) -> list[str]:
    """Return the columns that are named like hours."""
    return [name for name in tasks.columns if _HOURS.fullmatch(_folded(name))]


def fte_column(tasks: ScoredTasks) -> str | None:
    """Return the column that is named like full-time equivalents, if there is one."""
    return next((name for name in tasks.columns if _folded(name) in FTE_NAMES), None)


def owners(tasks: ScoredTasks, by: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """Return whose each row is, as a team and a role; `by` names columns that part them further."""
    names = dict.fromkeys([*group_columns(tasks), *by])
    columns = [tasks.column(name) for name in names]
    return list(zip(*columns, strict=True)) if columns else [()] * len(tasks)


def weigh(
    tasks: ScoredTasks,
    *,
    hours: str | None = None,
    fte: str | None = None,
    share: str | None = None,
    by: Sequence[str] = (),
) -> Weights:
    """Return how much each row counts: hours, FTE or a share where a column says so, else one task a row.

    Parameters
    ----------
    tasks : ScoredTasks
    hours, fte, share : str, optional
        A column, or a product of columns and numbers such as ``minutes_per_shift*times_per_week/60``. Without any of
        them a column named like hours is used, if there is one. FTE that are the same on every task of a role are
        the role's, and are spread over its tasks; shares are counted as parts of a role's whole time.
    by : sequence of str
        Columns that part the work beside team and role, such as a site.

    Raises
    ------
    ColumnError
        If a named column is missing.
    InventoryError
        If no row has a number there, a number is negative, or one can be read two ways.
    """
    if fte is not None:
        return _fte(tasks, fte, by)
    if share is not None:
        given = _product(tasks, share, "share")
        whole = 100 if given.values.max(initial=0.0) > 1 else 1
        return replace(given, values=given.values / whole)
    if hours is not None:
        return _product(tasks, hours, "hours")
    found = hours_columns(tasks)
    if len(found) == 1:
        return _product(tasks, found[0], "hours")
    notes: tuple[str, ...] = ()
    if found:
        notes = (f"Several columns look like hours: {', '.join(found)}; name one with --hours. Until then every task "
                 "counts the same, long or short.",)  # fmt: skip
    return Weights(tasks.scored.astype(np.float64), "tasks", "every task counts the same", [], notes)


def said(value: float, unit: str, *, bare: bool = False) -> str:
    """Return a weight as people read it: ``12 hours``, ``3.5 FTE``, ``40 % of a role``; `bare` leaves the unit out."""
    if unit == "share":
        return f"{100 * value:,.0f} %{'' if bare else ' of a role'}"
    number = f"{value:,.0f}" if value >= 10 or float(value).is_integer() else f"{value:,.1f}"
    if bare:
        return number
    return "1 task" if unit == "tasks" and value == 1 else f"{number} {unit}"


def _fte(tasks: ScoredTasks, column: str, by: Sequence[str]) -> Weights:
    """Count people once: an FTE column mostly says how many hold a role, and says it again on each of its tasks."""
    given = _product(tasks, column, "FTE")
    for names in dict.fromkeys(((), tuple(by))):
        holders = owners(tasks, names)
        if holders[0] and _constant(given.values, holders):
            found = hours_columns(tasks)
            effort = _product(tasks, found[0], "hours").values if len(found) == 1 else np.ones(len(tasks))
            values = _spread(given.values, holders, np.where(tasks.scored, effort, 0.0), tasks.scored)
            how = f"by {found[0]}" if len(found) == 1 else "evenly"
            source = f"{given.source}, the same on every task of a role, spread over its tasks {how}"
            return Weights(values, "FTE", source, _missing(tasks, values))
    note = (
        f"FTE are taken from {column} as given for each task: if they are the people of a role, they count many times."
    )
    return replace(given, notes=(note,))


def _constant(values: NDArray[np.float64], holders: Sequence[tuple[str, ...]]) -> bool:
    first: dict[tuple[str, ...], float] = {}
    return all(first.setdefault(holder, value) == value for holder, value in zip(holders, values, strict=True) if value)


def _spread(
    values: NDArray[np.float64],
    holders: Sequence[tuple[str, ...]],
    effort: NDArray[np.float64],
    scored: NDArray[np.bool_],
) -> NDArray[np.float64]:
    result = np.zeros(len(values))
    members: dict[tuple[str, ...], list[int]] = {}
    for row, holder in enumerate(holders):
        members.setdefault(holder, []).append(row)
    for rows in members.values():
        part = effort[rows] if effort[rows].sum() > 0 else scored[rows].astype(np.float64)
        if part.sum() > 0:
            result[rows] = values[rows].max() * part / part.sum()
    return result


def _product(tasks: ScoredTasks, expression: str, unit: str) -> Weights:
    folded = {name.strip().lower() for name in tasks.columns}
    # A column may have a stroke or a star in its own name.
    parts = [expression] if expression.strip().lower() in folded else _FACTOR.split(expression)
    values = _factor(tasks, parts[0])
    with np.errstate(divide="ignore", invalid="ignore"):  # what is divided by nothing is missing
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            values = values * _factor(tasks, part) if sign == "*" else values / _factor(tasks, part)
    values = np.where(np.isfinite(values), values, 0.0)
    if (values < 0).any():
        line = tasks.lines[int(np.argmax(values < 0))]
        raise InventoryError(f"{tasks.source}, line {line}: {expression} is negative; mend it and run again")
    if not values.any():
        raise InventoryError(f"{tasks.source}: {expression} holds no number above 0; name another column")
    return Weights(values, unit, f"column {expression}", _missing(tasks, values))


def _missing(tasks: ScoredTasks, values: NDArray[np.float64]) -> list[int]:
    return np.flatnonzero(tasks.scored & (values <= 0)).tolist()


def _factor(tasks: ScoredTasks, name: str) -> NDArray[np.float64]:
    try:
        return np.full(len(tasks), float(name))
    except ValueError:
        return read_numbers(tasks.column(name), column=name.strip(), source=tasks.source, lines=tasks.lines)


def _folded(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())


def _words(cells: list[str], rows: Sequence[Row], name: str, allowed: Sequence[str]) -> list[str]:
    """Return cells that may hold these words alone: whoever draws a page trusts them, and no flag must be lost."""
    for row, word in zip(rows, cells, strict=True):
        if word not in allowed:
            raise InventoryError(f"line {row.line}: {name} is {word!r}; score the inventory again")
    return cells


def _drivers(rows: Sequence[Row], at: Mapping[str, int], names: Sequence[str]) -> NDArray[np.float64]:
    result = np.zeros((len(rows), len(DRIVERS)))
    for column, name in enumerate(DRIVERS):
        if f"fit_{name}" in at:
            result[:, [column]] = _numbers(rows, [at[f"fit_{name}"]], names)
    return result


def _numbers(rows: Sequence[Row], positions: Sequence[int], names: Sequence[str]) -> NDArray[np.float64]:
    """Return chances, 0 where the cell is empty."""
    result = np.zeros((len(rows), len(positions)))
    for at, row in enumerate(rows):
        for column, position in enumerate(positions):
            cell = _plain(row.cells[position])
            if cell:
                result[at, column] = _chance(cell)
                if not 0 <= result[at, column] <= 1:
                    raise InventoryError(
                        f"line {row.line}: {names[position]} is {cell!r}, not a number from 0 to 1; score the "
                        "inventory again"
                    )
    return result


def _chance(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
