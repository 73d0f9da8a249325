"""What encoding and delimiter has a text file? Asked of all of it, and never silently."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from typing import IO

from taskfit.errors import InventoryError

__all__ = ["detect_delimiter", "detect_encoding"]

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
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, ()
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


def detect_delimiter(text: str) -> str:
    """Return the delimiter that splits most rows into the same number of fields; a comma if none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _score(text, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


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
        rows = [row for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if any(row)]
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
