"""How do decisions get into a file that is scored already? As scoring with them would have written it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskfit.errors import InventoryError
from taskfit.inventory import MISSING, Row, open_inventory, open_writer
from taskfit.labels import LABELS, Label
from taskfit.scored import ScoredTasks
from taskfit.scoring.columns import FIT_COLUMNS
from taskfit.scoring.overrides import Override, barred, barrier_columns, question_key, settled

__all__ = ["Settled", "model_label", "question", "settle"]


@dataclass(frozen=True)
class Settled:
    """What became of the rows of a scored file.

    Parameters
    ----------
    decided, agree : int
        Rows that a person has decided, now or before, and how many of them as the model said.
    barred : int
        Decisions of people that a barrier held back.
    """

    decided: int
    agree: int
    barred: int


def settle(
    tasks: ScoredTasks,
    source: str | Path,
    target: str | Path,
    overrides: Mapping[tuple[str, str], Override],
    *,
    barriers: Sequence[str] = (),
    excel: bool = False,
) -> Settled:
    """Write a scored file with decisions in it, as scoring with the same decisions and barriers would have written it.

    Parameters
    ----------
    tasks : ScoredTasks
        What `source` says.
    source, target : str or Path
    overrides : mapping
        By task and role (see `taskfit.scoring.overrides.read_overrides`).
    barriers : sequence of str
        Columns that say what keeps a task with people; they win over decisions.
    excel : bool
        Whether to write for Excel (see `taskfit.inventory.open_writer`).

    Raises
    ------
    InventoryError
        If scoring wrote other columns, or a decision goes against a barrier of which no column is known.
    ColumnError
        If a column of barriers is missing.
    """
    chosen = [overrides.get(question(tasks, row)) if label else None for row, label in enumerate(tasks.labels)]
    held = 0
    with open_inventory(source) as inventory:
        names = inventory.description.columns
        if lacking := [name for name in FIT_COLUMNS if name not in names]:
            raise InventoryError(f"{source} has no {', '.join(lacking)}: run taskfit score on it again")
        at, barring = [names.index(name) for name in FIT_COLUMNS], barrier_columns(names, barriers)
        with open_writer(target, list(names), excel=excel, template=inventory.description, types=FIT_COLUMNS) as writer:
            waiting = iter(chosen)
            for chunk in inventory.chunks(10_000):
                pairs = list(zip(chunk, waiting, strict=False))
                rows = [_settled_row(row, override, at, barring) for row, override in pairs]
                held += sum(cells[at[0]] != by.label for cells, (_, by) in zip(rows, pairs, strict=True) if by)
                writer.write(rows)
    labels = [by.label if by else _decided(tasks, row) for row, by in enumerate(chosen)]
    decided = [row for row, label in enumerate(labels) if label]
    return Settled(len(decided), sum(labels[row] == model_label(tasks, row) for row in decided), held)


def question(tasks: ScoredTasks, row: int) -> tuple[str, str]:
    """Return what the rows of a scored file share that ask the same: the task in its role."""
    return question_key(tasks.texts[row], tasks.roles[row])


def model_label(tasks: ScoredTasks, row: int) -> str:
    """Return what the model said, also where people or a barrier have decided since: there its likeliest label."""
    if tasks.statuses[row] in {"reviewed", "barred"}:
        return LABELS[int(tasks.probabilities[row].argmax())]
    return tasks.labels[row]


def _decided(tasks: ScoredTasks, row: int) -> str:
    return tasks.labels[row] if tasks.statuses[row] == "reviewed" else ""


def _settled_row(row: Row, by: Override | None, at: Sequence[int], barring: Mapping[str, int]) -> list[Any]:
    cells = list(row.cells)
    if by is None:
        return cells
    said = dict(zip(FIT_COLUMNS, (cells[position] for position in at), strict=True))
    standing = {name: _text(cells[position]) for name, position in barring.items()}
    fit = barred(settled(list(said.values()), by), standing)
    if said["fit_status"] == "barred" and fit[0] == Label.AUTOMATABLE:
        raise InventoryError(
            f"line {row.line}: a barrier keeps this task with people, and no run record says which column holds it; "
            "name it with --barrier"
        )
    for position, value in zip(at, fit, strict=True):
        cells[position] = value
    return cells


def _text(value: Any) -> str:
    return "" if value is None or value is MISSING else str(value)
