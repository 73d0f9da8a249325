"""What have people settled? Their decisions win over the model, and certain circumstances over its optimism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskfit.errors import InventoryError
from taskfit.inventory import open_inventory, role_column, text_column
from taskfit.labels import LABELS, Label
from taskfit.scoring.columns import FIT_COLUMNS
from taskfit.text import key

__all__ = ["DECISION_COLUMNS", "Override", "barred", "question_key", "read_overrides", "settled"]

#: Columns of a file of decisions; it is training data too.
DECISION_COLUMNS = ("task", "role", "label", "reviewer", "reviewed_on", "reason", "model_label")

_AT = {name: position for position, name in enumerate(FIT_COLUMNS)}
_NO = frozenset({"", "no", "n", "false", "0", "none", "-", "nein", "non"})


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
    with open_inventory(source) as inventory:
        names = inventory.description.columns
        rows = [row for chunk in inventory.chunks(10_000) for row in chunk]
    if "label" not in names:
        raise InventoryError(f"{source} has no column 'label': give the file that taskfit review import wrote")
    text, role = text_column(names, rows[:1000]), role_column(names)
    at = {name: position for position, name in enumerate(names)}

    def cell(row: Any, name: str | None) -> str:
        value = row.cells[at[name]] if name in at else None
        return "" if value is None else str(value).strip()

    found = {}
    for row in rows:
        label = cell(row, "label")
        if label not in LABELS:
            raise InventoryError(f"{source}, line {row.line}: {label!r} is no label; write one of {', '.join(LABELS)}")
        found[question_key(cell(row, text), cell(row, role))] = Override(
            label, cell(row, "reviewer"), cell(row, "reviewed_on"), cell(row, "reason")
        )
    return found


def settled(score: Sequence[Any], override: Override) -> tuple[Any, ...]:
    """Return the ``fit_`` cells of a task that a person has decided: the label is certain, nobody need look again."""
    cells = list(score)
    cells[_AT["fit_label"]], cells[_AT["fit_confidence"]] = override.label, 1.0
    for label in LABELS:
        cells[_AT[f"fit_p_{label.replace('-', '_')}"]] = 1.0 if label == override.label else 0.0
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
        The cells of `FIT_COLUMNS`.
    barriers : mapping of str to str
        Column and cell, such as ``{"law": "yes"}``. A cell that says no, or nothing, bars nothing; a barrier can only
        move a task toward people.
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
    cells[_AT["fit_confidence"]] = cells[_AT["fit_p_augmentable"]]
    note = f"technology could, but {', '.join(standing)} keeps a person responsible"
    cells[_AT["fit_note"]] = f"{cells[_AT['fit_note']]}; {note}" if cells[_AT["fit_note"]] else note
    return tuple(cells)
