"""What an inventory is, whatever its format: a description and rows in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

__all__ = ["MISSING", "Chunk", "Description", "Inventory", "Row", "StreamInventory", "Writer"]


class _Missing:
    """A key that one JSONL row lacks and another has."""

    def __repr__(self) -> str:
        return "MISSING"

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return False


#: Stands in a cell that its JSONL row does not have; a JSONL writer leaves it out again.
MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an inventory.

    Parameters
    ----------
    cells : tuple
        One value a column, as the format gives them; strings in delimited text.
    line : int
        Where the row begins in its source, from 1.
    problem : str, optional
        Why the row cannot be trusted; nothing of it is lost.
    """

    cells: tuple[Any, ...]
    line: int
    problem: str | None = None


class Chunk(list[Row]):
    """Rows that follow each other.

    Parameters
    ----------
    rows : iterable of Row
    native : object, optional
        The same rows as the format holds them; a writer of that format takes columns from it as they are.
    """

    def __init__(self, rows: Iterable[Row] = (), *, native: Any = None) -> None:
        super().__init__(rows)
        self.native = native


@dataclass(frozen=True)
class Description:
    """What is known of an inventory before its rows are read.

    Parameters
    ----------
    name : str
        Its path, or ``stdin``.
    format : str
    columns : tuple of str
    encoding, delimiter, sheet : str, optional
        What was detected or asked for, where the format has it.
    warnings : tuple of str
        What the user should know.
    schema : object, optional
        Column types of a Parquet file.
    types : tuple of type, optional
        What all cells of each column are (``int``, ``float``, ``bool``, ``date``, ``datetime``; ``str`` if mixed),
        where the format has types in its cells.
    """

    name: str
    format: str
    columns: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    warnings: tuple[str, ...] = ()
    schema: Any = None
    types: tuple[type, ...] | None = None


class Inventory(Protocol):
    """A source of rows."""

    description: Description

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time."""

    def close(self) -> None:
        """Release the source."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class StreamInventory:
    """What every inventory on a stream does: close it."""

    _stream: IO[bytes]

    def close(self) -> None:
        """Release the source."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Writer(Protocol):
    """A target of rows, complete or absent: leaving the context without an error puts it in place."""

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows; `source` is the chunk that they came from, if they came from one."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
