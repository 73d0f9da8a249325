"""Parquet: typed columns, kept as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.interface import MISSING, Description, Row

__all__ = ["ParquetInventory", "ParquetWriter"]


class ParquetInventory:
    """Rows of a Parquet file."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            self._file = pq.ParquetFile(stream)
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise InventoryError(f"{name} is no readable Parquet file ({error}): write it again") from error
        self._stream, self._name = stream, name
        self.description = Description(name, "parquet", tuple(schema.names), schema=schema)

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """Yield rows in order, at most `size` at a time."""
        import pyarrow as pa

        line = 0
        try:
            for batch in self._file.iter_batches(batch_size=size):
                columns = [column.to_pylist() for column in batch.columns]
                yield [Row(cells, line + number) for number, cells in enumerate(zip(*columns, strict=True), start=1)]
                line += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise InventoryError(f"{self._name} is damaged after row {line:,} ({error}): write it again") from error

    def close(self) -> None:
        """Release the source."""
        self._file.close()
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ParquetWriter:
    """Write Parquet; columns keep the types of a Parquet source and are text otherwise.

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
        import pyarrow.parquet as pq

        self._schema = self._build_schema()
        self._writer = pq.ParquetWriter(self._file.open(), self._schema)
        return self

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows."""
        import pyarrow as pa

        columns = list(zip(*rows, strict=True))
        if not columns:
            return
        try:
            arrays = [
                pa.array([_typed(value, field.type) for value in values], type=field.type)
                for values, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        except pa.ArrowException as error:
            raise OutputError(f"cannot write {self._file.target}: {error}; choose another format") from error
        except OSError as error:
            raise output_error(self._file.target, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
        except OSError as failure:
            if kind is None:
                self._file.close(OSError, failure, None)
                raise output_error(self._file.target, failure) from failure
        self._file.close(kind, error, trace)

    def _build_schema(self) -> Any:
        import pyarrow as pa

        kinds = {str: pa.string(), float: pa.float64(), bool: pa.bool_()}
        known = {} if self._source is None else {field.name: field for field in self._source}
        fields = [
            pa.field(name, kinds[self._types[name]])
            if name in self._types
            else known.get(name, pa.field(name, pa.string()))
            for name in self._columns
        ]
        return pa.schema(fields, metadata=None if self._source is None else self._source.metadata)


def _typed(value: Any, kind: Any) -> Any:
    if value is MISSING:
        return None
    # A column without a known type is text; numbers and dates of a workbook are written as they read.
    return str(value) if str(kind) == "string" and value is not None and not isinstance(value, str) else value
