"""Excel workbooks: one sheet, typed cells."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.delimited import safe_cell
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory
from taskfit.inventory.sink import Sink
from taskfit.inventory.unread import unread_cells
from taskfit.inventory.values import EXACT, Kinds, as_text, whole

__all__ = ["ExcelInventory", "ExcelWriter"]

# What XML, and so a workbook, cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Limits of the format.
_MAX_CELL, _MAX_ROWS, _MAX_COLUMNS = 32_767, 1_048_576, 16_384

# Excel counts days from 1900 and counts one that there never was, 29 February 1900.
_FIRST_DAY = date(1900, 3, 1)
_LONGEST = timedelta(days=2_900_000)


class ExcelInventory(StreamInventory):
    """Rows of one sheet; the first row that is not empty holds the column names."""

    def __init__(self, stream: IO[bytes], name: str, *, sheet: str | None) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            workbook = CalamineWorkbook.from_filelike(stream)
            candidates = _candidates(workbook.sheet_names, sheet, name)
            chosen, blank, self._values = _first_filled(workbook, candidates)
        except (CalamineError, OSError, ValueError) as error:
            raise InventoryError(f"{name} is no readable workbook ({error}): save it again as .xlsx") from error
        if not self._values:
            raise InventoryError(f"{name}, sheet {chosen!r}, is empty: it needs a first row with column names")
        self._stream = stream
        self._header = blank + 1
        kinds = Kinds()
        for values in self._values[1:]:
            kinds.see(enumerate(map(whole, values)))
        columns = tuple(str(whole(value)) for value in self._values[0])
        self.description = Description(
            name,
            "xlsx",
            columns,
            sheet=chosen,
            warnings=(*_other_sheets(workbook, chosen, sheet), *unread_cells(stream, chosen)),
            types=tuple(kinds.meant(position) for position in range(len(columns))),
        )

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time."""
        for start in range(1, len(self._values), size):
            yield Chunk(
                Row(tuple(whole(value) for value in values), line)
                for line, values in enumerate(self._values[start : start + size], start=self._header + start)
            )


class ExcelWriter:
    """Write a workbook with one sheet, a frozen header and a filter. No cell ever runs as a formula."""

    def __init__(self, file: AtomicFile, columns: Sequence[str], *, excel: bool) -> None:
        if len(columns) > _MAX_COLUMNS:
            raise OutputError(
                f"cannot write {file.target}: a sheet holds {_MAX_COLUMNS:,} columns, these are {len(columns):,}; "
                "write CSV or Parquet"
            )
        self._file, self._columns, self._excel = file, columns, excel

    def __enter__(self) -> Self:
        import xlsxwriter

        try:
            self._folder = tempfile.TemporaryDirectory()
            self._spool = Path(self._folder.name, "book.xlsx").open("w+b")
        except OSError as error:
            raise self._no_room(error) from error
        # Strings stay strings: no formula, no link, no number made of text.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": self._folder.name,
        }
        try:
            self._target = self._file.open()
        except BaseException:
            self._clean_up()
            raise
        self._sink = Sink(self._spool)
        self._book = xlsxwriter.Workbook(self._sink, options)
        # The same rows give the same bytes.
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self._page = self._book.add_worksheet("tasks")
        self._formats = {
            datetime: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            time: self._book.add_format({"num_format": "hh:mm:ss"}),
            timedelta: self._book.add_format({"num_format": "[h]:mm:ss"}),
        }
        self._page.freeze_panes(1, 0)
        self._page.write_row(0, 0, [_legal(name) for name in self._columns], self._book.add_format({"bold": True}))
        self._line = 1
        return self

    def write(self, rows: Iterable[Sequence[Any]], source: Chunk | None = None) -> None:
        """Append rows."""
        for row in rows:
            if self._line >= _MAX_ROWS:
                raise OutputError(
                    f"cannot write {self._file.target}: a sheet holds {_MAX_ROWS:,} rows; write CSV or Parquet"
                )
            try:
                for column, value in enumerate(row):
                    self._write_cell(column, value)
            except OSError as error:
                raise self._no_room(error) from error
            self._line += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._finish(write=kind is None)
        except BaseException as failure:
            self._file.close(type(failure), failure, None)
            raise
        finally:
            self._book.fileclosed = True  # else the library tries once more when the book is forgotten
            self._clean_up()
        self._file.close(kind, error, trace)

    def _finish(self, *, write: bool) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        failure: Exception | None = None
        try:
            if write:
                self._page.autofilter(0, 0, max(self._line - 1, 1), len(self._columns) - 1)
            self._book.close()
            self._spool.flush()
        except (XlsxWriterException, OSError) as error:
            failure = error
        failure = self._sink.failure or failure
        if write and failure is not None:
            raise self._no_room(failure) from failure
        if write:
            self._copy()

    def _clean_up(self) -> None:
        with suppress(OSError):  # what found no room is thrown away
            self._spool.close()
        self._folder.cleanup()

    def _copy(self) -> None:
        try:
            self._spool.seek(0)
            shutil.copyfileobj(self._spool, self._target)
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise output_error(self._file.target, failure) from failure

    def _no_room(self, error: Exception) -> OutputError:
        return OutputError(
            f"cannot write {self._file.target}: no room in the folder for temporary files ({error}); make room, or set "
            "TMPDIR"
        )

    def _write_cell(self, column: int, value: Any) -> None:
        value = _fitting(as_text(value))
        if value is None or value is MISSING or value == "":
            return
        if isinstance(value, str):
            text = _legal(safe_cell(value) if self._excel else value)
            if len(text) > _MAX_CELL:
                raise OutputError(
                    f"cannot write {self._file.target}: row {self._line + 1:,} has a cell of {len(text):,} characters, "
                    f"a workbook's cell holds {_MAX_CELL:,}; write CSV or Parquet"
                )
            self._page.write_string(self._line, column, text)
        elif type(value) in self._formats:
            self._page.write_datetime(self._line, column, value, self._formats[type(value)])
        elif isinstance(value, bool):
            self._page.write_boolean(self._line, column, value)
        else:
            self._page.write_number(self._line, column, value)


def _fitting(value: Any) -> Any:
    """Return a cell as a workbook can hold it, as text where it can not hold its value."""
    if isinstance(value, datetime):
        return value if value.tzinfo is None and value.date() >= _FIRST_DAY else value.isoformat(" ")
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if isinstance(value, time):
        return value if value.tzinfo is None else value.isoformat()
    if isinstance(value, timedelta):
        return value if timedelta(0) <= value < _LONGEST else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    fits = (
        value is None or value is MISSING or isinstance(value, str) or (isinstance(value, int) and abs(value) < EXACT)
    )
    return value if fits else str(value)


def _candidates(names: Sequence[str], wanted: str | None, name: str) -> Sequence[str]:
    if not names:
        raise InventoryError(f"{name} has no sheet: save it again as .xlsx")
    if wanted is not None and wanted not in names:
        raise InventoryError(f"{name} has no sheet {wanted!r}: it has {', '.join(names)}; name one with --sheet")
    return names if wanted is None else [wanted]


def _first_filled(workbook: Any, candidates: Sequence[str]) -> tuple[str, int, list[list[Any]]]:
    """Return the first sheet with a value in it (the first of all if none has), its empty rows on top, its values."""
    for name in candidates:
        values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        while values and not _filled(values[-1]):
            values.pop()  # rows that were formatted but never filled
        if values:
            blank = next(number for number, row in enumerate(values) if _filled(row))
            return name, blank, values[blank:]
    return candidates[0], 0, []


def _filled(row: Sequence[Any]) -> bool:
    return any(str(value).strip() for value in row)


def _other_sheets(workbook: Any, chosen: str, wanted: str | None) -> tuple[str, ...]:
    others = [name for name in workbook.sheet_names if name != chosen]
    if wanted is not None or not others:
        return ()
    which = "the first sheet" if chosen == workbook.sheet_names[0] else f"{chosen!r}, the first sheet with rows,"
    return (f"only {which} is read; choose another with --sheet ({', '.join(others)})",)


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
