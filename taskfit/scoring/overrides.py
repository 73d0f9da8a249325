"""What have people settled? Their decisions win over the model, and certain circumstances over its optimism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskfit.errors import ColumnError, InventoryError
from taskfit.inventory import open_inventory, open_writer, role_column, text_column
from taskfit.inventory.delimited import safe_cell
from taskfit.labels import LABELS, Label
from taskfit.scoring.columns import FIT_COLUMNS
from taskfit.text import key

__all__ = [
    "DECISION_COLUMNS",
    "Override",
    "add_decisions",
    "barred",
    "barrier_columns",
    "question_key",
    "read_overrides",
    "settled",
    "toward_technology",
]

#: Columns of a file of decisions; it is training data too.
DECISION_COLUMNS = ("task", "role", "label", "reviewer", "reviewed_on", "reason", "model_label")

_AT = {name: position for position, name in enumerate(FIT_COLUMNS)}
_NO = frozenset({"", "no", "n", "false", "0", "none", "-", "nein", "non"})

# What people type freely; a spreadsheet that opens the file must not run it as a formula.
_TYPED = ("reviewer", "reason")


@dataclass(frozen=True)
class Override:
    """What a person settled about one task in one role.

    Parameters
    ----------
    label : str
    reviewer, reviewed_on, reason : str
    """

    label: str
    reviewer: str
    reviewed_on: str
    reason: str


def question_key(text: str, role: str) -> tuple[str, str]:
    """Return what two rows share that ask the same question."""
    return key(text), key(role)


def read_overrides(source: str | Path) -> dict[tuple[str, str], Override]:
    """Read a file of decisions; the last one about a task counts.

    Parameters
    ----------
    source : str or Path
        Any inventory format with the columns of `DECISION_COLUMNS`; only task and label are needed.

    Raises
    ------
    InventoryError
        If it has no label column, or a label is not one of the three.
    """
    _, rows = _read(source)
    found = {}
    for line, row in rows:
        if row["label"] not in LABELS:
            raise InventoryError(
                f"{source}, line {line}: {row['label']!r} is no label; write one of {', '.join(LABELS)}"
            )
        found[question_key(row["task"], row["role"])] = Override(*(row[name] for name in DECISION_COLUMNS[2:6]))
    return found


def add_decisions(decisions: Sequence[Mapping[str, str]], path: str | Path, *, today: str) -> list[int]:
    """Add decisions to a file of them, which is made if it is not there.

    Parameters
    ----------
    decisions : sequence of mapping
        By `DECISION_COLUMNS`. One without a date (``reviewed_on``) is known if nobody has decided otherwise since it
        was last made, and dated today if it is new.
    path : str or Path
    today : str

    Returns
    -------
    list of int
        Positions of those that were new; the others stood in the file already.

    Raises
    ------
    InventoryError
        If the file is there and is none of decisions.
    OutputError
        If it cannot be written.
    """
    names, rows = _read(path) if Path(path).exists() else (list(DECISION_COLUMNS), [])
    columns = [*names, *(name for name in DECISION_COLUMNS if name not in names)]
    kept = _Kept()
    for _, row in rows:
        kept.add(row)
    new = []
    for position, decision in enumerate(decisions):
        if not kept.has(decision):
            kept.add({**decision, "reviewed_on": decision["reviewed_on"] or today})
            new.append(position)
    with open_writer(path, columns) as writer:
        writer.write([[_guarded(name, row.get(name, "")) for name in columns] for row in kept.rows])
    return new


class _Kept:
    """Decisions in order, and which of them stand: the last about a task, and those before it that agree."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, str]] = []
        self._known: set[tuple[Any, ...]] = set()
        self._standing: dict[tuple[str, str], list[tuple[str, ...]]] = {}

    def add(self, row: Mapping[str, str]) -> None:
        question, said = _said(row)
        self.rows.append(row)
        self._known.add((question, said, row["reviewed_on"]))
        agreeing = [other for other in self._standing.get(question, []) if other[0] == row["label"]]
        self._standing[question] = [*agreeing, said]

    def has(self, row: Mapping[str, str]) -> bool:
        question, said = _said(row)
        if row["reviewed_on"]:
            return (question, said, row["reviewed_on"]) in self._known
        return said in self._standing.get(question, [])


def toward_technology(label: str, than: str) -> bool:
    """Return whether a label leaves more of a task to technology than another one."""
    return LABELS.index(label) < LABELS.index(than)


def barrier_columns(columns: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Return the positions of the columns that hold barriers.

    Raises
    ------
    ColumnError
        If there is no column of that name.
    """
    for name in names:
        if name not in columns:
            raise ColumnError(f"no column {name!r}: the file has {', '.join(columns)}; name one with --barrier")
    return {name: columns.index(name) for name in names}


def settled(score: Sequence[Any], override: Override) -> tuple[Any, ...]:
    """Return the ``fit_`` cells of a task that a person has decided: the label is certain, nobody need look again.

    The model's chances and drivers stay, so that everyone sees how far a decision is from what the model said.
    """
    cells = list(score)
    cells[_AT["fit_label"]], cells[_AT["fit_confidence"]] = override.label, 1.0
    if override.label != Label.HUMAN_ESSENTIAL:
        cells[_AT["fit_drivers"]] = ""
    cells[_AT["fit_review"]], cells[_AT["fit_status"]] = False, "reviewed"
    who = " ".join(part for part in (override.reviewer and f"by {override.reviewer}",
                                     override.reviewed_on and f"on {override.reviewed_on}") if part)  # fmt: skip
    reason = f": {override.reason}" if override.reason else ""
    cells[_AT["fit_note"]] = f"settled {who}{reason}".strip()
    return tuple(cells)


def barred(score: Sequence[Any], barriers: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the ``fit_`` cells of a task that something keeps from being automated.

    Parameters
    ----------
    score : sequence
        The cells of `FIT_COLUMNS`; where a person has decided, with the decision in them (see `settled`).
    barriers : mapping of str to str
        Column and cell, such as ``{"law": "yes"}``. A cell that says no, or nothing, bars nothing; a barrier can only
        move a task toward people. It stands above a person's decision too, and the note then says both.
    """
    standing = [
        name if cell.strip().lower() in {"yes", "y", "true", "1", "x", "ja", "oui"} else f"{name} ({cell.strip()})"
        for name, cell in barriers.items()
        if cell.strip().lower() not in _NO
    ]
    if not standing or score[_AT["fit_label"]] != Label.AUTOMATABLE:
        return tuple(score)
    cells = list(score)
    cells[_AT["fit_label"]] = Label.AUGMENTABLE.value
    cells[_AT["fit_confidence"]], cells[_AT["fit_status"]] = cells[_AT["fit_p_augmentable"]], "barred"
    note = f"technology could, but {', '.join(standing)} keeps a person responsible"
    cells[_AT["fit_note"]] = f"{cells[_AT['fit_note']]}; {note}" if cells[_AT["fit_note"]] else note
    return tuple(cells)


def _read(source: str | Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the columns of a file of decisions, and line and cells of each; task and role under these names."""
    with open_inventory(source) as inventory:
        names = inventory.description.columns
        rows = [row for chunk in inventory.chunks(10_000) for row in chunk]
    if "label" not in names:
        raise InventoryError(f"{source} has no column 'label': give the file that taskfit review import wrote")
    called = {text_column(names, rows[:1000]): "task", role_column(names): "role"}
    columns = [called.get(name, name) for name in names]
    return columns, [(row.line, _cells(columns, row.cells)) for row in rows]


def _cells(columns: Sequence[str], cells: Sequence[Any]) -> dict[str, str]:
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    row = dict.fromkeys(DECISION_COLUMNS, "") | dict(zip(columns, texts, strict=True))
    return row | {name: _bare(row[name]) for name in _TYPED}


def _said(row: Mapping[str, str]) -> tuple[tuple[str, str], tuple[str, ...]]:
    """Return what a decision is about, and what was said."""
    return question_key(row["task"], row["role"]), (row["label"], row["reviewer"], row["reason"])


def _guarded(name: str, cell: str) -> str:
    return safe_cell(cell) if name in _TYPED else cell


def _bare(cell: str) -> str:
    """Undo `_guarded`."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell
