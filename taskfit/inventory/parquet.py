"""Parquet: typed columns, kept as they are.

Read and written with arro3, the Python face of arrow-rs: a fifth of the size of pyarrow, and enough here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import SEEK_END
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory

__all__ = ["ParquetInventory", "ParquetWriter"]

_MAGIC = b"PAR1"


class ParquetInventory(StreamInventory):
    """Rows of a Parquet file."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._check_ends()
        schema = self._batches(1).schema
        self.description = Description(name, "parquet", tuple(schema.names), schema=schema)

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time."""
        line = 0
        batches = self._batches(size)
        while True:
            try:
                batch = next(batches, None)
            except BaseException as error:
                _reraise_foreign(error)
                raise InventoryError(f"{self._name} is damaged after row {line:,} ({error}): write it again") from error
            if batch is None:
                return
            columns = [[value.as_py() for value in column] for column in batch.columns]
            cells = zip(*columns, strict=True)
            yield Chunk((Row(values, line + number) for number, values in enumerate(cells, start=1)), native=batch)
            line += batch.num_rows

    def _batches(self, size: int) -> Any:
        from arro3.io import read_parquet

        self._stream.seek(0)
        try:
            return read_parquet(self._stream, batch_size=size)
        except BaseException as error:
            _reraise_foreign(error)
            raise InventoryError(f"{self._name} is no readable Parquet file ({error}): write it again") from error

    def _check_ends(self) -> None:
        # The library prints alarming words of its own about a file that is cut short or something else altogether.
        size = self._stream.seek(0, SEEK_END)
        self._stream.seek(0)
        head = self._stream.read(4)
        self._stream.seek(max(size - 8, 0))
        tail = self._stream.read(8)
        footer = int.from_bytes(tail[:4], "little")
        if head != _MAGIC or tail[4:] != _MAGIC or footer + 12 > size:
            raise InventoryError(
                f"{self._name} is no readable Parquet file (cut short, or not Parquet): write it again"
            )


class ParquetWriter:
    """Write Parquet; the columns of a Parquet source go over as they are, those of any other source are text.

    The library pulls batches and scoring pushes rows, so a thread stands between the two.

    Parameters
    ----------
    file : AtomicFile
    columns : sequence of str
    types : mapping of str to type
        Types of the appended columns.
    schema : object, optional
        Arrow schema of the source.
    """

    def __init__(
        self, file: AtomicFile, columns: Sequence[str], *, types: Mapping[str, type], schema: Any = None
    ) -> None:
        self._file, self._columns, self._types, self._source = file, columns, types, schema

    def __enter__(self) -> Self:
        self._schema = self._build_schema()
        self._stream = self._file.open()
        # Two batches at most wait, so that memory stays flat.
        self._queue: Queue[Any] = Queue(2)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._pull, daemon=True)
        self._thread.start()
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows, taking the kept columns from `source` where it is Parquet."""
        from arro3.core import Array, RecordBatch

        columns = list(zip(*rows, strict=True))
        if not columns:
            return
        native = None if source is None else source.native
        arrays = [
            native.column(name)
            if native is not None and name not in self._types
            else Array([_typed(value, self._types.get(name, str)) for value in values], field.type)
            for name, values, field in zip(self._columns, columns, self._schema, strict=True)
        ]
        self._queue.put(RecordBatch.from_arrays(arrays, schema=self._schema))
        self._check()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        if kind is None and self._failure is not None:
            self._file.close(type(self._failure), self._failure, None)
            self._check()
        self._file.close(kind, error, trace)

    def _pull(self) -> None:
        from arro3.core import RecordBatchReader
        from arro3.io import write_parquet

        batches = iter(self._queue.get, None)
        try:
            write_parquet(RecordBatchReader.from_batches(self._schema, batches), self._stream, compression="snappy")
        except BaseException as failure:  # told to whoever writes, on their own thread
            self._failure = failure
            for _ in batches:
                pass  # so that nobody waits for a place in the queue

    def _check(self) -> None:
        if isinstance(self._failure, OSError):
            raise output_error(self._file.target, self._failure) from self._failure
        if self._failure is not None:
            raise OutputError(
                f"cannot write {self._file.target}: {self._failure}; choose another format"
            ) from self._failure

    def _build_schema(self) -> Any:
        from arro3.core import DataType, Field, Schema

        kinds = {str: DataType.utf8(), float: DataType.float64(), bool: DataType.bool()}
        known = {} if self._source is None else {field.name: field for field in self._source}
        fields = [
            Field(name, kinds[self._types[name]], nullable=True)
            if name in self._types
            else known.get(name, Field(name, kinds[str], nullable=True))
            for name in self._columns
        ]
        return Schema(fields, metadata=None if self._source is None else self._source.metadata)


def _reraise_foreign(error: BaseException) -> None:
    # The library raises bare Exception, and a panic of its own that is no Exception at all.
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error


def _typed(value: Any, kind: type) -> Any:
    if value is MISSING or value is None:
        return None
    # A column without a known type is text; numbers and dates of a workbook are written as they read.
    return str(value) if kind is str and not isinstance(value, str) else value
