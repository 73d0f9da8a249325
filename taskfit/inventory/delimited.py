"""CSV and its relatives: text, one row a line, fields between delimiters."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.detect import detect_delimiter, detect_encoding
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory

__all__ = ["DelimitedInventory", "DelimitedWriter"]

_SAMPLE_CHARACTERS = 1 << 18


class DelimitedInventory(StreamInventory):
    """Rows of a delimited text file, every value the exact string of its field."""

    def __init__(
        self, stream: IO[bytes], name: str, format: str, *, encoding: str | None, delimiter: str | None
    ) -> None:
        self._stream = stream
        found, warnings = (encoding, ()) if encoding else detect_encoding(stream, name)
        stream.seek(0)
        self._name = name
        self._text = _decode(stream, found, name)
        sample = self._read_sample()
        self._delimiter = delimiter or ("\t" if format == "tsv" else detect_delimiter(sample))
        self._rows = self._read()
        header = next(self._rows, None)
        if header is None:
            raise InventoryError(f"{name} is empty: it needs a header line with column names")
        self.columns = header.cells
        repeated = sorted({column for column in self.columns if self.columns.count(column) > 1})
        if repeated:
            warnings = (*warnings, f"{name} has several columns called {repeated[0]!r}")
        self.description = Description(
            name, format, self.columns, encoding=found, delimiter=self._delimiter, warnings=warnings
        )

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time; short rows are filled up, blank lines at the end dropped."""
        chunk = Chunk()
        blank: list[Row] = []
        for row in self._rows:
            if not row.cells:
                blank.append(Row(("",) * len(self.columns), row.line))
                continue
            for ready in (*blank, self._fitted(row)):
                chunk.append(ready)
                if len(chunk) == size:
                    yield chunk
                    chunk = Chunk()
            blank.clear()
        if chunk:
            yield chunk

    def close(self) -> None:
        """Release the source."""
        self._text.detach()
        super().close()

    def _read_sample(self) -> str:
        with _readable(self._name):
            sample = self._text.read(_SAMPLE_CHARACTERS)
        self._text.seek(0)
        return sample

    def _read(self) -> Iterator[Row]:
        # strict: a quote that never closes is an error instead of one giant last field.
        reader = csv.reader(self._text, delimiter=self._delimiter, strict=True)
        begin = 1
        while True:
            try:
                with _wide_fields(), _readable(self._name):
                    cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise InventoryError(f"{self._name}, line {begin:,}: {_explain(error)}") from error
            yield Row(tuple(cells), begin)
            begin = reader.line_num + 1

    def _fitted(self, row: Row) -> Row:
        wanted, found = len(self.columns), len(row.cells)
        if found == wanted:
            return row
        if found < wanted:
            filled = row.cells + ("",) * (wanted - found)
            return Row(filled, row.line, f"{found} of {wanted} fields")
        surplus = [cell for cell in row.cells[wanted:] if cell.strip()]
        if not surplus:  # delimiters trailing behind the last column, as spreadsheets leave them
            return Row(row.cells[:wanted], row.line)
        shown = ", ".join(repr(cell) for cell in surplus)
        return Row(row.cells[:wanted], row.line, f"{found} fields where the header has {wanted}, surplus {shown}")


class DelimitedWriter:
    """Write delimited text in UTF-8.

    Parameters
    ----------
    file : AtomicFile
    columns : sequence of str
    delimiter : str
    excel : bool
        Byte order mark, Windows line ends, and an apostrophe before text that a spreadsheet would run as a formula.
    """

    def __init__(self, file: AtomicFile, columns: Sequence[str], *, delimiter: str, excel: bool) -> None:
        self._file, self._columns, self._delimiter, self._excel = file, columns, delimiter, excel

    def __enter__(self) -> Self:
        raw = self._file.open()
        self._text = io.TextIOWrapper(
            raw,
            encoding="utf-8-sig" if self._excel else "utf-8",
            errors="surrogatepass",
            newline="",
            write_through=False,
        )
        self._csv = csv.writer(self._text, delimiter=self._delimiter, lineterminator="\r\n" if self._excel else "\n")
        self.write([tuple(self._columns)])
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows."""
        try:
            self._csv.writerows([self._cell(value) for value in row] for row in rows)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(self._file.target, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._text.flush()
        except BrokenPipeError:
            self._file.close(BrokenPipeError, None, None)
            raise
        except OSError as failure:
            self._file.close(OSError, failure, None)
            raise output_error(self._file.target, failure) from failure
        finally:
            _detach(self._text)
        self._file.close(kind, error, trace)

    def _cell(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is MISSING or value is None:
            return ""
        if self._excel and isinstance(value, str):
            return safe_cell(value)
        return value


def safe_cell(value: str) -> str:
    """Return text that no spreadsheet runs as a formula (CWE-1236); plain numbers stay as they are."""
    if not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def _detach(text: io.TextIOWrapper) -> None:
    # Lets go of the stream without closing it: stdout stays open, and a temporary file is the AtomicFile's to close.
    with suppress(OSError, ValueError):  # what is left in the buffer of a failed stream is lost with it
        text.detach()


def _decode(stream: IO[bytes], encoding: str, name: str) -> io.TextIOWrapper:
    try:
        # newline="": the csv module keeps line breaks inside quotes as they are.
        return io.TextIOWrapper(stream, encoding=encoding, newline="")
    except LookupError as error:
        raise InventoryError(f"{name}: no encoding is called {encoding!r}; try utf-8, utf-16 or cp1252") from error


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:
        raise InventoryError(f"{name} is not in that encoding ({error}): name another with --encoding") from error
    except (OSError, EOFError) as error:
        raise InventoryError(f"{name} cannot be read: {error}; it may be damaged, save it again") from error


@contextmanager
def _wide_fields() -> Iterator[None]:
    # The csv module's limit of 128 KB a field is global; it is lifted only while a row is read.
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _explain(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened in this row and never closed; close it, or double it if it is part of the text"
    return f"{error}; mend the row (a quote inside a quoted field is written twice)"
