"""JSON Lines: one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.detect import decoded, detect_encoding, readable
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory
from taskfit.inventory.values import Kinds, as_json

__all__ = ["JsonlInventory", "JsonlWriter"]

# How a file begins that is one array of objects.
_ARRAY = re.compile(r"\s*\[\s*(?:\{|$)")


class JsonlInventory(StreamInventory):
    """Rows of a JSON Lines file; its columns are all keys, in the order they first appear."""

    def __init__(self, stream: IO[bytes], name: str, *, encoding: str | None) -> None:
        self._stream, self._name = stream, name
        found, warnings = (encoding, ()) if encoding else detect_encoding(stream, name)
        # Only a line feed ends a line; other breaks may stand inside a string.
        self._text = decoded(stream, found, name, newline="\n")
        # Keys may first appear on the last line, so the file is read once for its columns and once for its rows.
        columns: dict[str, None] = {}
        kinds = Kinds()
        for _, record in self._records():
            columns.update(dict.fromkeys(record))
            kinds.see(record.items())
        if not columns:
            raise InventoryError(f"{name} is empty: it needs one JSON object a line")
        self.description = Description(
            name,
            "jsonl",
            tuple(columns),
            encoding=found,
            warnings=warnings,
            types=tuple(kinds.meant(column) for column in columns),
        )

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

    def close(self) -> None:
        """Release the source."""
        self._text.detach()
        super().close()

    def _records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self._text.seek(0)
        begun = False
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            begun, first = True, not begun
            if first and _ARRAY.match(line):
                raise InventoryError(f"{self._name} is one JSON array: write one object a line (jq -c '.[]' does it)")
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InventoryError(
                    f"{self._name}, line {number:,}: no valid JSON ({error}); mend the line"
                ) from error
            if not isinstance(record, dict):
                raise InventoryError(f"{self._name}, line {number:,}: no JSON object; write one object a line")
            yield number, record

    def _lines(self) -> Iterator[str]:
        with readable(self._name):
            yield from self._text


class JsonlWriter:
    """Write one JSON object a line; no two columns may have one name."""

    def __init__(self, file: AtomicFile, columns: Sequence[str]) -> None:
        repeated = sorted({name for name in columns if columns.count(name) > 1})
        if repeated:
            raise OutputError(
                f"cannot write {file.target}: several columns are called {repeated[0]!r} and a JSON object has one "
                "value a name; rename them, or write CSV"
            )
        self._file, self._columns = file, columns

    def __enter__(self) -> Self:
        self._raw = self._file.open()
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows."""
        try:
            for row in rows:
                record = {name: value for name, value in zip(self._columns, row, strict=True) if value is not MISSING}
                self._raw.write(as_json(record).encode() + b"\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(self._file.target, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close(kind, error, trace)
