"""What does a scored inventory say? The rows that scoring wrote, read back as arrays, and how much each row weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import ColumnError, InventoryError
from taskfit.inventory import Row, open_inventory, role_column, text_column
from taskfit.labels import DRIVERS, LABELS

__all__ = ["ScoredTasks", "Weights", "read_scored", "weigh"]

_HOURS = re.compile(r"hours?( (per|a) (week|month|year|day))?|hrs?( per week)?|weekly hours|hours[_ /].*")
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
        0 where the cell is empty.
    unit : str
        Such as ``hours``, ``FTE`` or ``tasks``.
    source : str
        Where they come from, in words.
    missing : list of int
        Positions of rows whose cell is empty or no number.
    """

    values: NDArray[np.float64]
    unit: str
    source: str
    missing: list[int]


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

    return ScoredTasks(
        texts=cells(text_name),
        roles=[""] * len(rows) if role_name is None else cells(role_name),
        labels=cells("fit_label"),
        statuses=cells("fit_status"),
        notes=cells("fit_note"),
        decisive=cells("fit_drivers"),
        probabilities=_numbers(rows, [at[name] for name in needed[1:4]], names),
        drivers=_numbers(rows, [at[f"fit_{name}"] for name in DRIVERS if f"fit_{name}" in at], names, len(DRIVERS)),
        review=np.array([cell.lower() == "true" for cell in cells("fit_review")], dtype=np.bool_),
        columns={name: cells(name) for name in own},
        lines=[row.line for row in rows],
        text=text_name,
        role=role_name,
        source=Path(source).name,
    )


def weigh(tasks: ScoredTasks, *, hours: str | None = None, fte: str | None = None, share: str | None = None) -> Weights:
    """Return how much each row counts: hours, FTE or a share where a column says so, else one task a row.

    Parameters
    ----------
    tasks : ScoredTasks
    hours, fte, share : str, optional
        A column, or a product of columns and numbers such as ``minutes_per_shift*times_per_week/60``. Without any of
        them a column named like hours is used, if there is one.

    Raises
    ------
    ColumnError
        If a named column is missing.
    InventoryError
        If no row has a number there, or a number is negative.
    """
    for unit, wanted in (("hours", hours), ("FTE", fte), ("share", share)):
        if wanted is not None:
            return _product(tasks, wanted, unit)
    found = [name for name in tasks.columns if _HOURS.fullmatch(name.strip().lower().replace("_", " "))]
    if len(found) == 1:
        return _product(tasks, found[0], "hours")
    return Weights(tasks.scored.astype(np.float64), "tasks", "every task counts the same", [])


def _product(tasks: ScoredTasks, expression: str, unit: str) -> Weights:
    folded = {name.strip().lower() for name in tasks.columns}
    # A column may have a stroke or a star in its own name.
    parts = [expression] if expression.strip().lower() in folded else _FACTOR.split(expression)
    values = _factor(tasks, parts[0])
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        values = values * _factor(tasks, part) if sign == "*" else values / _factor(tasks, part)
    missing = [row for row in np.flatnonzero(~np.isfinite(values)).tolist() if tasks.labels[row]]
    if not np.isfinite(values).any():
        raise InventoryError(f"{tasks.source}: {expression} holds no number; name another column")
    if (values < 0).any():
        line = tasks.lines[int(np.argmax(values < 0))]
        raise InventoryError(f"{tasks.source}, line {line}: {expression} is negative; mend it and run again")
    return Weights(np.where(np.isfinite(values), values, 0.0), unit, f"column {expression}", missing)


def _factor(tasks: ScoredTasks, name: str) -> NDArray[np.float64]:
    try:
        return np.full(len(tasks), float(name))
    except ValueError:
        return np.array([_number(cell) for cell in tasks.column(name)], dtype=np.float64)


def _number(cell: str) -> float:
    text = cell.strip().replace("\u00a0", "").replace(" ", "").removesuffix("%").removesuffix("h")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("nan")


def _numbers(
    rows: Sequence[Row], positions: Sequence[int], names: Sequence[str], width: int = 0
) -> NDArray[np.float64]:
    result = np.zeros((len(rows), max(width, len(positions))))
    for at, row in enumerate(rows):
        for column, position in enumerate(positions):
            cell = _plain(row.cells[position])
            if cell:
                try:
                    result[at, column] = float(cell)
                except ValueError as error:
                    raise InventoryError(
                        f"line {row.line}: {names[position]} is {cell!r}, not a number; score the inventory again"
                    ) from error
    return result


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
