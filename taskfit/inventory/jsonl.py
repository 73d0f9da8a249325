"""JSON Lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory

__all__ = ["JsonlInventory", "JsonlWriter"]


class JsonlInventory(StreamInventory):
    """Rows of a JSON Lines file; its columns are all keys, in the order they first appear."""

    def __init__(self, stream: IO[bytes], name: str, *, encoding: str | None) -> None:
        self._stream, self._name, self._encoding = stream, name, encoding or "utf-8-sig"
        # Keys may first appear on the last line, so the file is read once for its columns and once for its rows.
        columns: dict[str, None] = {}
        for _, record in self._records():
            columns.update(dict.fromkeys(record))
        if not columns:
            raise InventoryError(f"{name} is empty: it needs one JSON object a line")
        self.description = Description(name, "jsonl", tuple(columns), encoding="utf-8")

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time."""
        chunk = Chunk()
        for line, record in self._records():
            chunk.append(Row(tuple(record.get(column, MISSING) for column in self.description.columns), line))
            if len(chunk) == size:
                yield chunk
                chunk = Chunk()
        if chunk:
            yield chunk

    def _records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self._stream.seek(0)
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode(self._encoding))
            except (ValueError, RecursionError) as error:
                raise InventoryError(
                    f"{self._name}, line {number:,}: no valid JSON ({error}); mend the line"
                ) from error
            if not isinstance(record, dict):
                raise InventoryError(f"{self._name}, line {number:,}: no JSON object; write one object a line")
            yield number, record

    def _lines(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except (OSError, EOFError) as error:
            raise InventoryError(f"{self._name} cannot be read: {error}; it may be damaged, save it again") from error


class JsonlWriter:
    """Write one JSON object a line."""

    def __init__(self, file: AtomicFile, columns: Sequence[str]) -> None:
        self._file, self._columns = file, columns

    def __enter__(self) -> Self:
        self._raw = self._file.open()
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows."""
        try:
            for row in rows:
                record = {name: value for name, value in zip(self._columns, row, strict=True) if value is not MISSING}
                self._raw.write(
                    json.dumps(record, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass") + b"\n"
                )
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(self._file.target, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close(kind, error, trace)
