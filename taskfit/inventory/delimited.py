"""CSV and its relatives: text, one row a line, fields between delimiters."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError
from taskfit.inventory.atomic import AtomicFile, let_go, output_error
from taskfit.inventory.detect import DELIMITERS, decoded, detect_delimiter, detect_encoding, readable, wide_fields
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory
from taskfit.inventory.values import as_text, without_halves

__all__ = ["DelimitedInventory", "DelimitedWriter"]

_SAMPLE_CHARACTERS = 1 << 18

# A first line by which Excel is told the delimiter; it is no row.
_TOLD = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)

# Splits the lines of a file with one column, as no text has it.
_NOWHERE = "\x1f"


class DelimitedInventory(StreamInventory):
    """Rows of a delimited text file, every value the exact string of its field."""

    def __init__(
        self, stream: IO[bytes], name: str, format: str, *, encoding: str | None, delimiter: str | None
    ) -> None:
        self._stream = stream
        found, warnings = (encoding, ()) if encoding else detect_encoding(stream, name)
        self._name = name
        self._text = decoded(stream, found, name)
        sample = self._read_sample()
        told = _TOLD.match(sample)
        body = sample[told.end() :] if told else sample
        detected = (told and told[1]) or ("\t" if format == "tsv" else detect_delimiter(body))
        self._delimiter = delimiter or detected
        self._rows = self._read()
        if told:
            next(self._rows)
        header = next((row for row in self._rows if any(cell.strip() for cell in row.cells)), None)
        if header is None:
            raise InventoryError(f"{name} is empty: it needs a header line with column names")
        self.columns = header.cells
        self.description = Description(
            name,
            format,
            self.columns,
            encoding=found,
            delimiter=self._delimiter,
            warnings=(*warnings, *self._doubts(body)),
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
        with readable(self._name):
            sample = self._text.read(_SAMPLE_CHARACTERS)
        self._text.seek(0)
        return sample

    def _doubts(self, sample: str) -> Iterator[str]:
        repeated = sorted({column for column in self.columns if self.columns.count(column) > 1})
        if repeated:
            yield f"{self._name} has several columns called {repeated[0]!r}"
        if self._delimiter is None and any(sign in sample for sign in DELIMITERS):
            yield f"{self._name} has one column, {self.columns[0]!r}: whole lines are read, commas are part of them"

    def _read(self) -> Iterator[Row]:
        # strict: a quote that never closes is an error instead of one giant last field.
        reader = csv.reader(self._text, delimiter=self._delimiter or _NOWHERE, strict=True)
        begin = 1
        while True:
            try:
                with wide_fields(), readable(self._name):
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
        self._text = io.TextIOWrapper(
            self._file.open(),
            encoding="utf-8-sig" if self._excel else "utf-8",
            newline="",
            write_through=False,
        )
        lines = _Lines(self._text, "\r\n" if self._excel else "\n")
        self._csv = csv.writer(lines, delimiter=self._delimiter, lineterminator=_Lines.END)
        try:
            self.write([tuple(self._columns)])
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
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
            let_go(self._text)
        self._file.close(kind, error, trace)

    def _cell(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is MISSING or value is None:
            return ""
        value = as_text(value)
        return safe_cell(value) if self._excel and isinstance(value, str) else value


class _Lines:
    """Take the writer's lines and end them as wished.

    The writer quotes a field for the characters of its own line end, so it is given both: a lone carriage return that
    is not quoted begins a new row wherever the file is read.
    """

    END = "\r\n"

    def __init__(self, text: io.TextIOWrapper, end: str) -> None:
        self._text, self._end = text, end

    def write(self, line: str) -> None:
        line = line.removesuffix(self.END) + self._end
        try:
            self._text.write(line)
        except UnicodeEncodeError:  # one half character, and the whole file could no longer be read as UTF-8
            self._text.write(without_halves(line))


def safe_cell(value: str) -> str:
    """Return text that no spreadsheet runs as a formula (CWE-1236); plain numbers stay as they are."""
    if not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def _explain(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened in this row and never closed; close it, or double it if it is part of the text"
    return f"{error}; mend the row (a quote inside a quoted field is written twice)"
