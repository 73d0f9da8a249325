"""What of a workbook is read as an empty cell though it is none? Errors, and formulas that were never computed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

__all__ = ["unread_cells"]

_CELL = re.compile(rb"<c\b([^>]*[^>/])?>(.*?)</c>", re.DOTALL)
_ERROR = re.compile(rb"""\bt=["']e["']""")
_STRING = re.compile(rb"""\bt=["'](?:str|s|inlineStr)["']""")
_VALUE = re.compile(rb"<v\b[^>]*>[^<]")
_SHEET = re.compile(r"<sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")


def unread_cells(stream: IO[bytes], sheet: str) -> Iterator[str]:
    """Yield a warning a kind of cell that an .xlsx sheet has and that is read as empty.

    Parameters
    ----------
    stream : file
        The workbook; other formats than .xlsx are not looked into.
    sheet : str
        Name of the sheet.
    """
    errors = formulas = 0
    content = _content(stream, sheet)
    if _ERROR.search(content) or b"<f" in content:
        for attributes, inside in _CELL.findall(content):
            errors += _ERROR.search(attributes) is not None
            # A formula that gives an empty text has a type, one that nothing has computed yet has none.
            formulas += b"<f" in inside and not _STRING.search(attributes) and not _VALUE.search(inside)
    if errors:
        yield f"sheet {sheet!r}, cells with an error such as #DIV/0!, read as empty: {errors:,}"
    if formulas:
        yield (
            f"sheet {sheet!r}, formulas without a value yet, read as empty: {formulas:,}; open the workbook and save it"
        )


def _content(stream: IO[bytes], sheet: str) -> bytes:
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.read(_path(archive, sheet))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, NotImplementedError):
        return b""  # no .xlsx, or one that only the library understands: nothing is said


def _path(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return where a sheet lies in the archive; raise KeyError if that is not told."""
    from html import unescape

    sheets = _SHEET.findall(archive.read("xl/workbook.xml").decode())
    keys = {unescape(_attribute(tag, "name")): _attribute(tag, r"\w+:id") for tag in sheets}
    relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode())
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in relations}
    target = targets[keys[sheet]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=["']([^"']*)["']""", tag)
    return found[1] if found else ""
