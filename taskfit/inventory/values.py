"""What does a typed cell become in a format that lacks its type? And what type has a whole column?"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Any

from taskfit.inventory.interface import MISSING

__all__ = ["EXACT", "Kinds", "as_json", "as_text", "whole", "without_halves"]

# Whole numbers that a decimal number holds exactly, and those that 64 bits hold.
EXACT, _INTEGER = 2**53, 2**63

# Halves of characters, as broken UTF-16 leaves them; no UTF-8 text can hold one.
_HALF = re.compile("[\ud800-\udfff]")


class _Large:
    """Kind of a whole number that a decimal number does not hold exactly."""


# What a column is read as, by the kinds of its filled cells; any other mix is text.
_MEANT: dict[frozenset[type], type] = {
    frozenset({int}): int,
    frozenset({_Large}): int,
    frozenset({int, _Large}): int,
    frozenset({float}): float,
    frozenset({int, float}): float,
    frozenset({bool}): bool,
    frozenset({date}): date,
    frozenset({datetime}): datetime,
}


class Kinds:
    """The types of columns, from every cell of them."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, set[type]] = {}

    def see(self, cells: Iterable[tuple[Any, Any]]) -> None:
        """Take note of a row: pairs of a column, by name or position, and its cell."""
        for column, value in cells:
            if value is not None and value is not MISSING and value != "":
                self._seen.setdefault(column, set()).add(_kind(value))

    def meant(self, column: Hashable) -> type:
        """Return ``int``, ``float``, ``bool``, ``date`` or ``datetime`` if all cells are of it, else ``str``."""
        return _MEANT.get(frozenset(self._seen.get(column, ())), str)


def _kind(value: Any) -> type:
    kind = type(value)
    if kind is not int or abs(value) <= EXACT:
        return kind
    return _Large if -_INTEGER <= value < _INTEGER else object


def whole(value: Any) -> Any:
    """Return a whole number as an integer: a workbook keeps every number as a decimal one."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else value


def as_text(value: Any) -> Any:
    """Return a cell as text where it is nested (JSON) or bytes (base64); every other value as it is."""
    if isinstance(value, dict | list | tuple):
        return as_json(value)
    return _base64(value) if isinstance(value, bytes) else value


def without_halves(text: str) -> str:
    """Return text with a replacement sign for each half of a character."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def as_json(value: Any) -> str:
    """Return valid JSON: null for what is no number, base64 for bytes, text for whatever else JSON lacks."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_other)
    except ValueError:
        value = _finite(value)
        text = json.dumps(value, ensure_ascii=False, default=_other)
    # Half a character of UTF-16 is valid as an escape only.
    return text if _encodes(text) else json.dumps(value, default=_other)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _other(value: Any) -> str:
    return _base64(value) if isinstance(value, bytes) else str(value)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
