"""How do labels meet sentences that are kept elsewhere? Rows of two files put together by an id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfit.errors import ColumnError, LabelledDataError
from taskfit.inventory import Row

__all__ = ["join"]

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
        known.setdefault(str(row.cells[places[1]]), row)
    missing = [row for row in labels if str(row.cells[places[0]]) not in known]
    if missing:
        named = ", ".join(f"{row.cells[places[0]]} (line {row.line})" for row in missing[:_NAMED])
        raise LabelledDataError(f"{len(missing):,} labels have no text with the same {on}: {named}")
    rows = []
    for row in labels:
        text = known[str(row.cells[places[0]])]
        rows.append([*row.cells, *(text.cells[at] for at in taken)])
    return [*label_columns, *(text_columns[at] for at in taken)], rows
