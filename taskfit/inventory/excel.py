"""Excel workbooks: one sheet, typed cells."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, output_error
from taskfit.inventory.delimited import safe_cell
from taskfit.inventory.interface import MISSING, Chunk, Description, Row, StreamInventory

__all__ = ["ExcelInventory", "ExcelWriter"]

# What XML, and so a workbook, cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Limits of the format.
_MAX_CELL, _MAX_ROWS = 32_767, 1_048_576


class ExcelInventory(StreamInventory):
    """Rows of one sheet; the first row holds the column names."""

    def __init__(self, stream: IO[bytes], name: str, *, sheet: str | None) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            workbook = CalamineWorkbook.from_filelike(stream)
            chosen = _sheet(workbook.sheet_names, sheet, name)
            values = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise InventoryError(f"{name} is no readable workbook ({error}): save it again as .xlsx") from error
        while values and not any(str(value).strip() for value in values[-1]):
            values.pop()  # rows that were formatted but never filled
        if not values:
            raise InventoryError(f"{name}, sheet {chosen!r}, is empty: it needs a first row with column names")
        self._values = values
        self._stream = stream
        columns = tuple(str(value).strip() for value in values[0])
        self.description = Description(
            name, "xlsx", columns, sheet=chosen, warnings=_other_sheets(workbook, chosen, sheet)
        )

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield rows in order, at most `size` at a time."""
        for start in range(1, len(self._values), size):
            yield Chunk(
                Row(tuple(_plain(value) for value in values), line)
                for line, values in enumerate(self._values[start : start + size], start=start + 1)
            )


class ExcelWriter:
    """Write a workbook with one sheet, a frozen header and a filter. No cell ever runs as a formula."""

    def __init__(self, file: AtomicFile, columns: Sequence[str], *, excel: bool) -> None:
        self._file, self._columns, self._excel = file, columns, excel

    def __enter__(self) -> Self:
        import xlsxwriter

        # Strings stay strings: no formula, no link, no number made of text.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._target = self._file.open()
        # The library leaves its archive half open when a write fails, so it never sees the target itself.
        self._spool = tempfile.TemporaryFile()
        self._book = xlsxwriter.Workbook(self._spool, options)
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
            for column, value in enumerate(row):
                self._write_cell(column, value)
            self._line += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            if kind is None:
                self._page.autofilter(0, 0, max(self._line - 1, 1), len(self._columns) - 1)
            self._book.close()
            if kind is None:
                self._spool.seek(0)
                shutil.copyfileobj(self._spool, self._target)
        except (XlsxWriterException, OSError) as failure:
            if kind is None:
                self._file.close(OSError, failure, None)
                reason = failure if isinstance(failure, OSError) else OSError(str(failure))
                raise output_error(self._file.target, reason) from failure
        finally:
            self._spool.close()
        self._file.close(kind, error, trace)

    def _write_cell(self, column: int, value: Any) -> None:
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
        elif isinstance(value, bool | int | float):
            self._page.write(self._line, column, value)
        else:
            self._page.write_string(self._line, column, _legal(str(value)))


def _sheet(names: Sequence[str], wanted: str | None, name: str) -> str:
    if wanted is None:
        if not names:
            raise InventoryError(f"{name} has no sheet: save it again as .xlsx")
        return names[0]
    if wanted not in names:
        raise InventoryError(f"{name} has no sheet {wanted!r}: it has {', '.join(names)}; name one with --sheet")
    return wanted


def _other_sheets(workbook: Any, chosen: str, wanted: str | None) -> tuple[str, ...]:
    others = [name for name in workbook.sheet_names if name != chosen]
    if wanted is not None or not others:
        return ()
    return (f"only the first sheet is read; choose another with --sheet ({', '.join(others)})",)


def _plain(value: Any) -> Any:
    # A workbook keeps every number as a float; whole ones are shown and meant as integers.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
