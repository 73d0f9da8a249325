"""How do rows of two files meet? By an id, or by what the rows say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfit.errors import ColumnError, LabelledDataError
from taskfit.inventory import Row
from taskfit.labelled import LabelledTasks, cell_text
from taskfit.text import key

__all__ = ["join", "same_tasks"]

_NAMED = 3


def join(
    labels: Sequence[Row], label_columns: Sequence[str], texts: Sequence[Row], text_columns: Sequence[str], on: str
) -> tuple[list[str], list[list[Any]]]:
    """Put the columns of `texts` beside those of `labels`, row by row of `labels`.

    Parameters
    ----------
    labels, texts : sequence of Row
    label_columns, text_columns : sequence of str
        Their column names. A column that both have is taken from `labels`.
    on : str
        The column of ids, in both. Where `texts` repeats an id, its first row counts.

    Returns
    -------
    tuple of (list of str, list of list)
        Columns and rows.

    Raises
    ------
    ColumnError
        If a file lacks the column of ids.
    LabelledDataError
        If a label's id is not among the texts.
    """
    places = []
    for columns in (label_columns, text_columns):
        if on not in columns:
            raise ColumnError(f"no column {on!r}: a file has {', '.join(columns)}; name one that both have with --on")
        places.append(columns.index(on))
    taken = [at for at, column in enumerate(text_columns) if column not in label_columns]
    known: dict[str, Row] = {}
    for row in texts:
        known.setdefault(cell_text(row, places[1]), row)
    missing = [row for row in labels if cell_text(row, places[0]) not in known]
    if missing:
        named = ", ".join(f"{cell_text(row, places[0])} (line {row.line})" for row in missing[:_NAMED])
        raise LabelledDataError(f"{len(missing):,} labels have no text with the same {on}: {named}")
    rows = []
    for row in labels:
        text = known[cell_text(row, places[0])]
        rows.append([*row.cells, *(text.cells[at] for at in taken)])
    return [*label_columns, *(text_columns[at] for at in taken)], rows


def same_tasks(first: LabelledTasks, second: LabelledTasks) -> tuple[LabelledTasks, LabelledTasks]:
    """Return the tasks that two files share, in the order of the first.

    Rows are matched by id where both files have ids, else by text and role.

    Raises
    ------
    LabelledDataError
        If they share none.
    """
    with_ids = first.ids is not None and second.ids is not None
    with_roles = first.roles is not None and second.roles is not None
    places = {_identity(second, row, with_ids, with_roles): row for row in range(len(second))}
    shared = {
        identity: (row, places[identity])
        for row in range(len(first))
        if (identity := _identity(first, row, with_ids, with_roles)) in places
    }
    if not shared:
        raise LabelledDataError(f"{first.source} and {second.source} share no task: give both the same ids or texts")
    rows, others = (list(column) for column in zip(*shared.values(), strict=True))
    return first.take(rows), second.take(others)


def _identity(tasks: LabelledTasks, row: int, with_ids: bool, with_roles: bool) -> tuple[str, ...]:
    if with_ids and tasks.ids is not None:
        return (tasks.ids[row],)
    return key(tasks.texts[row]), key(tasks.roles[row]) if with_roles and tasks.roles is not None else ""
