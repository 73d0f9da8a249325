"""Which column holds the tasks, and which the roles?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from taskfit.errors import ColumnError
from taskfit.inventory.interface import Row

__all__ = ["role_column", "text_column"]

#: Names of the text column, best first; names on one line are equally good, so two of them are ambiguous.
TEXT_NAMES: tuple[frozenset[str], ...] = (
    frozenset({"task", "tasks", "task description", "task statement", "task text", "task name", "work task"}),
    frozenset({"activity", "activities", "activity description", "work activity", "duty", "duties", "responsibility"}),
    frozenset({"description", "text", "statement", "job task", "responsibilities", "what is done"}),
)

ROLE_NAMES: tuple[frozenset[str], ...] = (
    frozenset({"role", "job title", "job role", "role title", "role name"}),
    frozenset({"job", "position", "occupation", "job name", "position title"}),
    frozenset({"title"}),
)

_SAMPLE = 500


def text_column(columns: Sequence[str], sample: Sequence[Row], wanted: str | None = None) -> str:
    """Return the name of the column that holds the tasks.

    Parameters
    ----------
    columns : sequence of str
    sample : sequence of Row
        Looked at where no column has a usual name.
    wanted : str, optional
        The column that the user named.

    Raises
    ------
    ColumnError
        If the named column is missing, none or several could be it.
    """
    if wanted is not None:
        return _named(columns, wanted, "--text")
    for names in TEXT_NAMES:
        found = [column for column in columns if _fold(column) in names]
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(found)
    found = [column for position, column in enumerate(columns) if _reads_like_text(position, sample)]
    if len(found) == 1 or (len(columns) == 1 and columns[0].strip()):
        return found[0] if found else columns[0]
    if found:
        raise _ambiguous(found)
    raise ColumnError(f"no column reads like tasks: the file has {_list(columns)}; name one with --text COL")


def role_column(columns: Sequence[str], wanted: str | None = None) -> str | None:
    """Return the name of the column that holds the roles, or None.

    Raises
    ------
    ColumnError
        If the named column is missing.
    """
    if wanted is not None:
        return _named(columns, wanted, "--role")
    for names in ROLE_NAMES:
        found = [column for column in columns if _fold(column) in names]
        if len(found) == 1:
            return found[0]
    return None  # a role only helps; a doubtful one is better left out


def _named(columns: Sequence[str], wanted: str, option: str) -> str:
    exact = [column for column in columns if column == wanted]
    found = exact or [column for column in columns if _fold(column) == _fold(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ColumnError(f"{len(found)} columns are called {wanted!r}: give them different names")
    close = get_close_matches(_fold(wanted), [_fold(column) for column in columns], n=1)
    near = next((column for column in columns if _fold(column) in close), None)
    hint = ": the" if near is None else f", did you mean {near!r}? The"
    raise ColumnError(f"no column {wanted!r}{hint} file has {_list(columns)}; name one with {option}")


def _fold(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)  # taskDescription
    return " ".join(re.sub(r"[\W_]+", " ", words).casefold().split())


def _reads_like_text(position: int, sample: Sequence[Row]) -> bool:
    values = [row.cells[position] for row in sample[:_SAMPLE] if row.problem is None]
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts or len(texts) < len(values) / 4:
        return False
    words = sum(len(re.findall(r"[^\W\d_]{2,}", text)) for text in texts) / len(texts)
    # Roles and departments repeat and are short; tasks hardly repeat and run to several words.
    return words >= 3 or (words >= 2 and len(set(texts)) > 0.9 * len(texts) > 4)


def _ambiguous(found: Sequence[str]) -> ColumnError:
    return ColumnError(f"several columns could hold the tasks: {_list(found)}; name one with --text COL")


def _list(columns: Sequence[str]) -> str:
    return ", ".join(repr(column) for column in columns) or "no columns"
