"""Parquet: typed columns, kept as they are.

Read and written with arro3, the Python face of arrow-rs: a fifth of the size of pyarrow, and enough here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import SEEK_END
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory
from taskfit.inventory.sink import Sink
from taskfit.inventory.values import as_text, without_halves

__all__ = ["ParquetInventory", "ParquetWriter"]

_MAGIC = b"PAR1"

# What Parquet counts days and microseconds from.
_EPOCH = datetime(1970, 1, 1)

# Rows that the library gathers in memory before it writes them.
_ROW_GROUP = 65_536


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
            columns = [
                self._python(name, column) for name, column in zip(batch.schema.names, batch.columns, strict=True)
            ]
            cells = zip(*columns, strict=True)
            yield Chunk((Row(values, line + number) for number, values in enumerate(cells, start=1)), native=batch)
            line += batch.num_rows

    def _python(self, name: str, column: Any) -> list[Any]:
        try:
            return [value.as_py() for value in column]
        except Exception as error:  # the library raises it bare
            raise InventoryError(
                f"{self._name}, column {name!r}: a value cannot be read ({error}); mend its type, or leave it out"
            ) from error

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

    Numbers, truth values and dates of a typed source stay what they are where a whole column is of one type. The
    library pulls batches and scoring pushes rows, so a thread stands between the two.

    Parameters
    ----------
    file : AtomicFile
    columns : sequence of str
    types : mapping of str to type
        Types of the appended columns.
    source : Description, optional
        The inventory that the other columns come from.
    """

    def __init__(
        self,
        file: AtomicFile,
        columns: Sequence[str],
        *,
        types: Mapping[str, type],
        source: Description | None = None,
    ) -> None:
        self._file, self._columns, self._types, self._source = file, columns, types, source

    def __enter__(self) -> Self:
        self._places = self._find_places()
        self._schema = self._build_schema()
        self._sink: Any = Sink(self._file.open())
        # Two batches at most wait, so that memory stays flat.
        self._queue: Queue[Any] = Queue(2)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._pull, daemon=True)
        self._thread.start()
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows, taking the kept columns from `source` where it is Parquet."""
        from arro3.core import RecordBatch

        columns = list(zip(*rows, strict=True))
        if not columns:
            return
        native = None if source is None else source.native
        arrays = [
            native.column(place)
            if native is not None and place is not None
            else _array([_typed(value, kind) for value in values], kind, field.type)
            for place, kind, values, field in zip(self._places, self._kinds, columns, self._schema, strict=True)
        ]
        self._queue.put(RecordBatch.from_arrays(arrays, schema=self._schema))
        self._check()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        try:
            if kind is None:
                self._check()
        except BaseException as failure:
            self._file.close(type(failure), failure, None)
            raise
        self._file.close(kind, error, trace)

    def _pull(self) -> None:
        from arro3.core import RecordBatchReader
        from arro3.io import write_parquet

        batches = iter(self._queue.get, None)
        try:
            reader = RecordBatchReader.from_batches(self._schema, batches)
            write_parquet(reader, self._sink, compression="snappy", max_row_group_size=_ROW_GROUP)
        except BaseException as failure:  # told to whoever writes, on their own thread
            self._failure = failure
            for _ in batches:
                pass  # so that nobody waits for a place in the queue

    def _check(self) -> None:
        failure = self._sink.failure or self._failure
        if isinstance(failure, BrokenPipeError):
            raise failure
        if isinstance(failure, OSError):
            raise output_error(self._file.target, failure) from failure
        if failure is not None:
            raise OutputError(f"cannot write {self._file.target}: {failure}; choose another format") from failure

    def _find_places(self) -> list[int | None]:
        """Return where each column stands in the source, None for an appended one; a name may come more than once."""
        left: dict[str, list[int]] = {}
        for place, name in enumerate(self._source.columns if self._source else ()):
            left.setdefault(name, []).append(place)
        return [left[name].pop(0) if name not in self._types and left.get(name) else None for name in self._columns]

    def _build_schema(self) -> Any:
        from arro3.core import DataType, Field, Schema

        names = {
            str: DataType.utf8(),
            int: DataType.int64(),
            float: DataType.float64(),
            bool: DataType.bool(),
            date: DataType.date32(),
            datetime: DataType.timestamp("us"),
        }
        known = None if self._source is None else self._source.schema
        meant = (self._source and self._source.types) or ()
        self._kinds = [
            meant[place] if meant and place is not None else self._types.get(name, str)
            for name, place in zip(self._columns, self._places, strict=True)
        ]
        fields = [
            known.field(place) if known is not None and place is not None else Field(name, names[kind], nullable=True)
            for name, place, kind in zip(self._columns, self._places, self._kinds, strict=True)
        ]
        return Schema(fields, metadata=None if known is None else known.metadata)


def _reraise_foreign(error: BaseException) -> None:
    # The library raises bare Exception, and a panic of its own that is no Exception at all.
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error


def _array(values: list[Any], kind: type, wanted: Any) -> Any:
    """Return an Arrow array; the library builds none of dates and times, but casts numbers to them."""
    from arro3.core import Array, DataType

    if kind is date:
        days = [None if value is None else (value - _EPOCH.date()).days for value in values]
        return Array(days, DataType.int32()).cast(wanted)
    if kind is datetime:
        moments = [None if value is None else (value - _EPOCH) // timedelta(microseconds=1) for value in values]
        return Array(moments, DataType.int64()).cast(wanted)
    return Array(values, wanted)


def _typed(value: Any, kind: type) -> Any:
    if value is MISSING or value is None:
        return None
    if kind is str:
        # A column without a known type is text; numbers and dates of mixed columns are written as they read.
        return without_halves(str(as_text(value)))
    return None if value == "" else kind(value) if kind is float else value
