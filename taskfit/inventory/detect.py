"""What encoding and delimiter has a text file? Asked of all of it, and never silently."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from taskfit.errors import InventoryError

__all__ = ["decoded", "detect_delimiter", "detect_encoding", "marked", "readable", "wide_fields"]

_BLOCK = 1 << 20
_SAMPLE_CHARACTERS = 1 << 18

# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

DELIMITERS = (",", ";", "\t", "|")


def detect_encoding(stream: IO[bytes], name: str) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of a seekable stream and what the user should know about it.

    Byte order marks decide; then UTF-8 if every byte fits; then Windows-1252, with a warning.

    Raises
    ------
    InventoryError
        If some of it is UTF-8 and some is not, or it is neither.
    """
    stream.seek(0)
    head = stream.read(4096)
    if mark := marked(head):
        return mark, ()
    if head and head.count(0) > len(head) / 4:
        return ("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"), ()
    offset, multibyte, line = _first_invalid(stream)
    if offset is None:
        return "utf-8", ()
    if multibyte:
        raise InventoryError(
            f"{name}: mixed encodings, UTF-8 up to byte {offset:,} (line {line:,}) and something else there: "
            "save it as UTF-8, or name one with --encoding"
        )
    return _windows(stream, name, offset, line)


def detect_delimiter(text: str) -> str | None:
    """Return the delimiter that splits most rows into the same number of fields; None if none splits the header."""
    best, best_score = None, 0.0
    for delimiter in DELIMITERS:
        score = _score(text, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def marked(head: bytes) -> str | None:
    """Return the encoding that a byte order mark names, None without one."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def decoded(stream: IO[bytes], encoding: str, name: str, *, newline: str = "") -> io.TextIOWrapper:
    """Return the text of a stream.

    Raises
    ------
    InventoryError
        If there is no such encoding.
    """
    stream.seek(0)
    try:
        # newline="": the csv module keeps line breaks inside quotes as they are.
        return io.TextIOWrapper(stream, encoding=encoding, newline=newline)
    except LookupError as error:
        raise InventoryError(f"{name}: no encoding is called {encoding!r}; try utf-8, utf-16 or cp1252") from error


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what goes wrong while text is read into an error that names the source."""
    try:
        yield
    except UnicodeError as error:
        raise InventoryError(f"{name} is not in that encoding ({error}): name another with --encoding") from error
    except (OSError, EOFError) as error:
        raise InventoryError(f"{name} cannot be read: {error}; it may be damaged, save it again") from error


@contextmanager
def wide_fields() -> Iterator[None]:
    """Lift the csv module's limit of 128 KB a field, which is global, while a row is read."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _first_invalid(stream: IO[bytes]) -> tuple[int | None, bool, int]:
    """Return the offset of the first byte that is no UTF-8, whether other letters came before it, and its line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, multibyte, line = 0, False, 1
    for block in _blocks(stream):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            begin = error.start - pending
            before = block[: max(begin, 0)]
            return position + begin, multibyte or not before.isascii(), line + before.count(b"\n")
        multibyte = multibyte or not block.isascii()
        line += block.count(b"\n")
        position += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position - len(error.object), multibyte, line
    return None, multibyte, line


def _windows(stream: IO[bytes], name: str, offset: int, line: int) -> tuple[str, tuple[str, ...]]:
    decoder = codecs.getincrementaldecoder("cp1252")()
    position = 0
    for block in _blocks(stream):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            raise InventoryError(
                f"{name}: neither UTF-8 nor Windows-1252 (byte {position + error.start:,}): "
                "name its encoding with --encoding"
            ) from error
        position += len(block)
    warning = (
        f"{name} is not UTF-8 (byte {offset:,}, line {line:,}); read as Windows-1252, check accents or give --encoding"
    )
    return "cp1252", (warning,)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    while block := stream.read(_BLOCK):
        yield block


def _score(text: str, delimiter: str) -> float:
    sample = text[:_SAMPLE_CHARACTERS]
    try:
        with wide_fields():
            rows = [
                row
                for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
                if any(map(str.strip, row))
            ]
    except csv.Error:
        return 0.0
    if len(sample) == _SAMPLE_CHARACTERS:
        rows = rows[:-1]  # the last one is cut
    if not rows or len(rows[0]) < 2:
        return 0.0
    header = len(rows[0])
    agreeing = Counter(len(row) for row in rows)[header] / len(rows)
    # Agreement decides; among equals, more columns.
    return agreeing + min(header, 50) / 1000
