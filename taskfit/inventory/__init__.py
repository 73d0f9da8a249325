"""Where do tasks come from and go to? One interface, one file a format."""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory.atomic import AtomicFile
from taskfit.inventory.columns import role_column, text_column
from taskfit.inventory.delimited import DelimitedInventory, DelimitedWriter
from taskfit.inventory.excel import ExcelInventory, ExcelWriter
from taskfit.inventory.interface import MISSING, Chunk, Description, Inventory, Row, Writer
from taskfit.inventory.jsonl import JsonlInventory, JsonlWriter
from taskfit.inventory.parquet import ParquetInventory, ParquetWriter

__all__ = [
    "FORMATS",
    "MISSING",
    "Chunk",
    "Description",
    "Inventory",
    "Row",
    "Writer",
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

_GZIP_MAGIC = b"\x1f\x8b"
# What stdin begins with, where no name tells the format.
_MAGIC = {b"PK\x03\x04": "xlsx", b"PAR1": "parquet"}


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
    name = "stdin" if str(source) == "-" else str(source)
    stream = _open_stdin() if name == "stdin" else _open_file(Path(source))
    try:
        kind = _format(name, format, stream)
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
        The source, whose Parquet types are kept.
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
        return ParquetWriter(file, columns, types=types or {}, schema=template.schema if template else None)
    if kind == "xlsx":
        return ExcelWriter(file, columns, excel=excel)
    return DelimitedWriter(file, columns, delimiter="\t" if kind == "tsv" else ",", excel=excel)


def _open_file(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise InventoryError(f"{path} is a folder: name a file")
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise InventoryError(f"no file {path}: check the name") from error
    except OSError as error:
        raise InventoryError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    return _uncompressed(stream, str(path))


def _open_stdin() -> IO[bytes]:
    # Kept in a file of its own: encoding, columns and rows are read in separate passes.
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the inventory closes it
    shutil.copyfileobj(sys.stdin.buffer, spool)
    spool.seek(0)
    return _uncompressed(cast(IO[bytes], spool), "stdin")


def _uncompressed(stream: IO[bytes], name: str) -> IO[bytes]:
    head = stream.read(len(_GZIP_MAGIC))
    stream.seek(0)
    if head != _GZIP_MAGIC:
        return stream
    # Unpacked once into a temporary file, as seeking back in gzip means unpacking again.
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the inventory closes it
    try:
        with gzip.GzipFile(fileobj=stream) as packed:
            shutil.copyfileobj(packed, spool)
    except (OSError, EOFError) as error:
        spool.close()
        raise InventoryError(f"{name} is no readable gzip file ({error}): compress it again") from error
    finally:
        stream.close()
    spool.seek(0)
    return cast(IO[bytes], spool)


def _format(name: str, wanted: str | None, stream: IO[bytes]) -> str:
    if wanted is not None:
        return _known(wanted, InventoryError)
    kind = _by_suffix(name)
    if kind is None and name == "stdin":
        head = stream.read(4)
        stream.seek(0)
        kind = _MAGIC.get(head, "jsonl" if head.lstrip()[:1] == b"{" else "csv")
    if kind is None:
        raise InventoryError(f"{name}: unknown suffix; name its format with --input-format ({', '.join(FORMATS)})")
    return kind


def _output_format(path: str, wanted: str | None) -> str:
    if wanted is not None:
        return _known(wanted, OutputError)
    kind = "csv" if path == "-" else _by_suffix(path)
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
