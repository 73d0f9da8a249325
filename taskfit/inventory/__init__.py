"""Where do tasks come from and go to? One interface, one file a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile, atomic_text, is_stream
from taskfit.inventory.columns import role_column, text_column
from taskfit.inventory.delimited import DelimitedInventory, DelimitedWriter
from taskfit.inventory.detect import marked
from taskfit.inventory.excel import ExcelInventory, ExcelWriter
from taskfit.inventory.interface import MISSING, Chunk, Description, Inventory, Row, Writer
from taskfit.inventory.jsonl import JsonlInventory, JsonlWriter
from taskfit.inventory.parquet import ParquetInventory, ParquetWriter
from taskfit.inventory.spool import open_file, open_stdin

__all__ = [
    "FORMATS",
    "MISSING",
    "AtomicFile",
    "Chunk",
    "Description",
    "Inventory",
    "Row",
    "Writer",
    "atomic_text",
    "is_stream",
    "open_inventory",
    "open_writer",
    "role_column",
    "text_column",
]

#: Formats and the suffixes that mean them.
FORMATS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt"),
    "tsv": (".tsv", ".tab"),
    "jsonl": (".jsonl", ".ndjson"),
    "parquet": (".parquet", ".pq"),
    "xlsx": (".xlsx", ".xlsm", ".xls", ".ods"),
}

# What a pipe begins with, where no name tells the format.
_MAGIC = {b"PK\x03\x04": "xlsx", b"PAR1": "parquet"}
_HEAD = 256


def open_inventory(
    source: str | Path,
    *,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Inventory:
    """Open an inventory.

    Parameters
    ----------
    source : str or Path
        A file, or ``-`` for stdin.
    format : str, optional
        One of `FORMATS`; by suffix if not given.
    encoding, delimiter : str, optional
        Of delimited text; detected if not given.
    sheet : str, optional
        Of a workbook; the first if not given.

    Returns
    -------
    Inventory

    Raises
    ------
    InventoryError
        If it is missing, unreadable, empty or of an unknown format.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise InventoryError(f"no delimiter {delimiter!r}: give one character, or tab")
    piped = is_stream(source)
    name = "stdin" if str(source) == "-" else str(source)
    stream = open_stdin() if str(source) == "-" else open_file(Path(source))
    try:
        kind = _format(name, format, stream, piped=piped)
        if kind == "jsonl":
            return JsonlInventory(stream, name, encoding=encoding)
        if kind == "parquet":
            return ParquetInventory(stream, name)
        if kind == "xlsx":
            return ExcelInventory(stream, name, sheet=sheet)
        return DelimitedInventory(stream, name, kind, encoding=encoding, delimiter=delimiter)
    except BaseException:
        stream.close()
        raise


def open_writer(
    target: str | Path,
    columns: Sequence[str],
    *,
    format: str | None = None,
    excel: bool = False,
    template: Description | None = None,
    types: Mapping[str, type] | None = None,
) -> Writer:
    """Open a target for rows.

    Parameters
    ----------
    target : str or Path
        A file, replaced whole when the writer's context ends well; or ``-`` for stdout.
    columns : sequence of str
    format : str, optional
        One of `FORMATS`; by suffix if not given, CSV on stdout.
    excel : bool
        Byte order mark, and no cell that a spreadsheet runs as a formula.
    template : Description, optional
        The source, whose types are kept in Parquet.
    types : mapping of str to type, optional
        ``str``, ``float`` or ``bool`` by appended column.

    Returns
    -------
    Writer

    Raises
    ------
    OutputError
        If the format is unknown or the target cannot be written.
    """
    path = str(target)
    kind = _output_format(path, format)
    compressed = path.endswith(".gz")
    if compressed and kind in {"parquet", "xlsx"}:
        raise OutputError(f"cannot write {path}: {kind} is compressed already; leave .gz out")
    file = AtomicFile(path, compress=compressed)
    if kind == "jsonl":
        return JsonlWriter(file, columns)
    if kind == "parquet":
        return ParquetWriter(file, columns, types=types or {}, source=template)
    if kind == "xlsx":
        return ExcelWriter(file, columns, excel=excel)
    return DelimitedWriter(file, columns, delimiter="\t" if kind == "tsv" else ",", excel=excel)


def _format(name: str, wanted: str | None, stream: IO[bytes], *, piped: bool) -> str:
    if wanted is not None:
        return _known(wanted, InventoryError)
    kind = _by_suffix(name)
    if kind is None and piped:
        head = stream.read(_HEAD)
        stream.seek(0)
        kind = _MAGIC.get(head[:4]) or _text_format(head)
    if kind is None:
        raise InventoryError(f"{name}: unknown suffix; name its format with --input-format ({', '.join(FORMATS)})")
    return kind


def _text_format(head: bytes) -> str:
    text = head.decode(marked(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    # An array is no JSON Lines, and as such is refused with the way out; as CSV it would be nonsense.
    return "jsonl" if text.startswith("{") or (text[:1] == "[" and text[1:].lstrip()[:1] == "{") else "csv"


def _output_format(path: str, wanted: str | None) -> str:
    if _by_suffix(path) == "xlsx" and not path.lower().removesuffix(".gz").endswith(".xlsx"):
        raise OutputError(f"cannot write {path}: workbooks are written as .xlsx; name it {Path(path).stem}.xlsx")
    if wanted is not None:
        return _known(wanted, OutputError)
    kind = _by_suffix(path) or ("csv" if is_stream(path) else None)
    if kind is None:
        raise OutputError(f"cannot write {path}: unknown suffix; name its format with --format ({', '.join(FORMATS)})")
    return kind


def _by_suffix(name: str) -> str | None:
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    return next((kind for kind, suffixes in FORMATS.items() if suffix in suffixes), None)


def _known(wanted: str, error: type[InventoryError] | type[OutputError]) -> str:
    if wanted not in FORMATS:
        raise error(f"no format {wanted!r}: choose one of {', '.join(FORMATS)}")
    return wanted
