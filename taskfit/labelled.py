"""What does a labelled file hold? Tasks with labels, and whatever drivers, groups and splits stand beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import ColumnError, LabelledDataError
from taskfit.inventory import Inventory, Row, open_inventory, role_column, text_column
from taskfit.labels import DRIVERS
from taskfit.text import in_context

__all__ = [
    "SPLITS",
    "Fault",
    "LabelledFile",
    "LabelledTasks",
    "cell_text",
    "concatenate",
    "read_labelled",
    "sound_rows",
]

#: What a column of splits may say: what teaches, what stops and calibrates, what the figures are measured on.
SPLITS = ("train", "dev", "test")

#: Names of the columns that are found without being named, in the order they are tried.
LABEL_COLUMNS = ("label", "fit_label", "class", "category", "target")
GROUP_COLUMNS = ("group", "role", "occupation", "job title", "job_title", "soc_code")
SPLIT_COLUMN, ID_COLUMN, FAMILY_COLUMN = "split", "id", "family"

_CHUNK = 10_000

# Spreadsheets make decimals of whole numbers; a rating that was left out is 0.
_RATINGS = {"": 0} | {f"{rating}{tail}": rating for rating in (0, 1, 2) for tail in ("", ".0")}


@dataclass(frozen=True)
class LabelledFile:
    """Where labelled tasks came from.

    Parameters
    ----------
    name : str
    sha256 : str
        Of the texts and labels, in hexadecimal.
    tasks : int
        How many labelled tasks it has.
    """

    name: str
    sha256: str
    tasks: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row.

    Parameters
    ----------
    line : int
        Where it begins in its file.
    message : str
    """

    line: int
    message: str


@dataclass(frozen=True)
class LabelledTasks:
    """Labelled tasks, one entry a task in every field that is set.

    Parameters
    ----------
    texts, labels : list of str
    groups : list of str, optional
        What must not be split between training and test, such as the role.
    roles : list of str, optional
        Who does each task; empty where it is not known.
    drivers : ndarray of shape (n, 5), optional
        Ratings 0, 1, 2 in the order of `taskfit.labels.DRIVERS`.
    splits : list of str, optional
        ``train``, ``dev`` or ``test``.
    ids, families : list of str, optional
        What each task is called, and its contrast family (empty for none).
    lines : list of int
        Where each task stands in its file.
    files : tuple of LabelledFile
        The files that they came from, whole.
    unlabelled : int
        Rows that were left out because they have no text or no label.
    faults : tuple of Fault
        What is wrong with the file's rows; empty unless they were read leniently.
    """

    texts: list[str]
    labels: list[str]
    groups: list[str] | None
    roles: list[str] | None
    drivers: NDArray[np.int8] | None
    splits: list[str] | None
    ids: list[str] | None
    families: list[str] | None
    lines: list[int]
    files: tuple[LabelledFile, ...]
    unlabelled: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def source(self) -> str:
        """The names of the files."""
        return " + ".join(file.name for file in self.files)

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, keep: Callable[[int], bool]) -> LabelledTasks:
        """Return the tasks at the positions that `keep` accepts."""
        return self.take([row for row in range(len(self)) if keep(row)])

    def take(self, rows: Sequence[int]) -> LabelledTasks:
        """Return the tasks at these positions."""

        def pick(values: Sequence[Any] | None) -> Any:
            return None if values is None else [values[row] for row in rows]

        return LabelledTasks(
            texts=pick(self.texts),
            labels=pick(self.labels),
            groups=pick(self.groups),
            roles=pick(self.roles),
            drivers=None if self.drivers is None else self.drivers[list(rows)],
            splits=pick(self.splits),
            ids=pick(self.ids),
            families=pick(self.families),
            lines=pick(self.lines),
            files=self.files,
            unlabelled=self.unlabelled,
            faults=self.faults,
        )

    def in_both_forms(self) -> list[str]:
        """Return the texts and then, where roles are known, the texts with their roles: so they may be scored."""
        if self.roles is None:
            return list(self.texts)
        return [*self.texts, *(in_context(text, role) for text, role in zip(self.texts, self.roles, strict=True))]

    def split(self, *names: str) -> LabelledTasks:
        """Return the tasks of the named splits; all of them if the file has no splits."""
        if self.splits is None:
            return self
        splits = self.splits
        return self.where(lambda row: splits[row] in names)

    def only(self, name: str) -> LabelledTasks:
        """Return the tasks of one split.

        Raises
        ------
        LabelledDataError
            If there is no such split.
        """
        known = [split for split in SPLITS if split in (self.splits or ())]
        if name not in known:
            there = f"its splits are {', '.join(known)}" if known else f"it has no column {SPLIT_COLUMN!r}"
            raise LabelledDataError(f"{self.source} has no split {name!r}: {there}; name one of its own, or none")
        return self.split(name)


def read_labelled(
    source: str | Path,
    *,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    mapping: dict[str, str] | None = None,
    lenient: bool = False,
) -> LabelledTasks:
    """Read a labelled file of any format that inventories have.

    Parameters
    ----------
    source : str or Path
    text, label, group : str, optional
        Column names; found by their usual names if not given.
    mapping : dict of str to str, optional
        What to call the file's own label values; values that it lacks are kept.
    lenient : bool
        Whether rows with another number of cells than there are columns, unknown splits and impossible ratings are
        told in ``faults`` instead of refused. Such rows are left out, such ratings are 0.

    Returns
    -------
    LabelledTasks

    Raises
    ------
    ColumnError
        If a column is missing.
    LabelledDataError
        If no row has both a text and a label; and unless `lenient`, if a row has too few or too many cells, an
        unknown split, or a driver rating that is not 0, 1 or 2.
    """
    with open_inventory(source) as inventory:
        columns = inventory.description.columns
        rows = [row for chunk in inventory.chunks(_CHUNK) for row in chunk]
    sound = [row for row in rows if row.problem is None]
    text_at = columns.index(text_column(columns, sound[:1000], text))
    label_at = _position(columns, label, LABEL_COLUMNS, "--label", required=True)
    group_at = _position(columns, group, GROUP_COLUMNS, "--group", required=False)
    labelled = [row for row in sound if cell_text(row, text_at) and cell_text(row, label_at)]

    def optional(name: str) -> list[str] | None:
        position = _position(columns, None, (name,), "", required=False)
        return None if position is None else [cell_text(row, position) for row in labelled]

    splits = optional(SPLIT_COLUMN)
    drivers, odd = _drivers(labelled, columns)
    faults = sorted([*_ragged(rows), *odd, *_strange_splits(labelled, splits)], key=lambda fault: fault.line)
    if not lenient:
        _refuse(faults, str(source))
    if not labelled:
        raise LabelledDataError(
            f"{source}: no row has both a text ({columns[text_at]}) and a label ({columns[label_at]}); "
            "name other columns with --text and --label"
        )
    rename = mapping or {}
    labels = [rename.get(cell_text(row, label_at), cell_text(row, label_at)) for row in labelled]
    texts = [cell_text(row, text_at) for row in labelled]
    return LabelledTasks(
        texts=texts,
        labels=labels,
        groups=None if group_at is None else [cell_text(row, group_at) for row in labelled],
        roles=_roles(labelled, columns, text_at),
        drivers=drivers,
        splits=splits if any(splits or ()) else None,
        ids=optional(ID_COLUMN),
        families=optional(FAMILY_COLUMN),
        lines=[row.line for row in labelled],
        files=(LabelledFile(Path(source).name, _digest(texts, labels), len(texts)),),
        unlabelled=len(sound) - len(labelled),
        faults=tuple(faults),
    )


def sound_rows(inventory: Inventory) -> list[Row]:
    """Return all rows of a table that is to be read whole.

    Raises
    ------
    LabelledDataError
        If a row has another number of cells than there are columns: its values may stand under wrong names.
    """
    rows = [row for chunk in inventory.chunks(_CHUNK) for row in chunk]
    _refuse(_ragged(rows), inventory.description.name)
    return rows


def cell_text(row: Row, position: int) -> str:
    """Return a cell as text without spaces around it; a missing one is empty."""
    value = row.cells[position]
    return "" if value is None else str(value).strip()


def concatenate(parts: Sequence[LabelledTasks]) -> LabelledTasks:
    """Return the tasks of several files as one.

    Groups, drivers, splits, ids and families are kept if every file has them; a role that a file lacks is unknown.

    Parameters
    ----------
    parts : sequence of LabelledTasks
        At least one.
    """

    def joined(name: str) -> Any:
        values = [getattr(part, name) for part in parts]
        return None if any(value is None for value in values) else [entry for value in values for entry in value]

    any_roles = any(part.roles is not None for part in parts)
    drivers = joined("drivers")
    return LabelledTasks(
        texts=joined("texts"),
        labels=joined("labels"),
        groups=joined("groups"),
        roles=[role for part in parts for role in part.roles or [""] * len(part)] if any_roles else None,
        drivers=None if drivers is None else np.array(drivers, dtype=np.int8).reshape(-1, len(DRIVERS)),
        splits=joined("splits"),
        ids=joined("ids"),
        families=joined("families"),
        lines=joined("lines"),
        files=tuple(dict.fromkeys(file for part in parts for file in part.files)),
        unlabelled=sum(part.unlabelled for part in parts),
        faults=tuple(fault for part in parts for fault in part.faults),
    )


def _position(columns: Sequence[str], wanted: str | None, usual: Sequence[str], option: str, *, required: bool) -> Any:
    if wanted is not None:
        if wanted in columns:
            return columns.index(wanted)
        raise ColumnError(f"no column {wanted!r}: the file has {', '.join(columns)}; name one with {option}")
    lowered = [column.strip().lower() for column in columns]
    for name in usual:
        if name in lowered:
            return lowered.index(name)
    if required:
        raise ColumnError(
            f"no label column ({', '.join(usual)}): the file has {', '.join(columns)}; name one with {option}"
        )
    return None


def _roles(rows: Sequence[Row], columns: Sequence[str], text_at: int) -> list[str] | None:
    name = role_column(columns)
    if name is None or columns.index(name) == text_at:
        return None
    position = columns.index(name)
    return [cell_text(row, position) for row in rows]


def _drivers(rows: Sequence[Row], columns: Sequence[str]) -> tuple[NDArray[np.int8] | None, list[Fault]]:
    lowered = [column.strip().lower() for column in columns]
    if not all(driver in lowered for driver in DRIVERS):
        return None, []
    positions = [lowered.index(driver) for driver in DRIVERS]
    ratings = np.zeros((len(rows), len(DRIVERS)), dtype=np.int8)
    faults = []
    for number, row in enumerate(rows):
        for column, position in enumerate(positions):
            cell = cell_text(row, position)
            rating = _RATINGS.get(cell)
            if rating is None:
                faults.append(Fault(row.line, f"{columns[position]} is {cell!r}; a driver rating is 0, 1 or 2"))
            ratings[number, column] = rating or 0
    return ratings, faults


def _ragged(rows: Sequence[Row]) -> list[Fault]:
    return [Fault(row.line, row.problem) for row in rows if row.problem is not None]


def _strange_splits(rows: Sequence[Row], splits: Sequence[str] | None) -> list[Fault]:
    if not any(splits or ()):
        return []
    return [
        Fault(row.line, f"unknown split {split!r}: one of {', '.join(SPLITS)}")
        for row, split in zip(rows, splits or (), strict=True)
        if split not in SPLITS
    ]


def _refuse(faults: Sequence[Fault], source: str) -> None:
    if faults:
        more = f" (and {len(faults) - 1:,} more; taskfit data validate lists them)" if len(faults) > 1 else ""
        raise LabelledDataError(f"{source}, line {faults[0].line}: {faults[0].message}{more}")


def _digest(texts: Sequence[str], labels: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text, label in zip(texts, labels, strict=True):
        digest.update(f"{text}\x1f{label}\x1e".encode())
    return digest.hexdigest()
