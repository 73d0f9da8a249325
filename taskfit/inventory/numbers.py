"""How is a column of numbers meant? Decimal and group signs are decided once a column, never guessed cell by cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import InventoryError

__all__ = ["read_numbers"]

_BLANKS = re.compile(r"[\s'’]")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
# Groups of three and a decimal sign, whichever of the two signs is which.
_SIGNED = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*[.,]\d*|\d+)")
# Three digits after the only sign: 1,234 may be a thousand and more, or one and a bit. A group never starts with 0.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_OTHER = {",": ".", ".": ","}


def read_numbers(
    cells: Sequence[str], *, column: str, source: str, lines: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """Read the cells of a column as people write numbers: 1,234.5 and 1.234,5 and 1 234,5, with ``%`` or ``h`` behind.

    Parameters
    ----------
    cells : sequence of str
    column, source : str
        Names for the error.
    lines : sequence of int, optional
        Line of each cell, for the error.

    Returns
    -------
    ndarray of shape (n,)
        Not a number where a cell is empty or holds none, such as ``2:30`` or ``inf``.

    Raises
    ------
    InventoryError
        If a cell such as 1,234 can be read two ways, and no other cell of the column tells which is meant.
    """
    bare = [_BLANKS.sub("", cell).lower().removesuffix("%").removesuffix("h") for cell in cells]
    decimals = {_decimal(cell) for cell in bare if _SIGNED.fullmatch(cell)} - {""}
    result = np.full(len(bare), np.nan)
    for at, cell in enumerate(bare):
        sign = _decimal(cell) or (decimals and min(decimals)) or "."
        if _EITHER.fullmatch(cell) and (len(decimals) > 1 or ("," in cell and not decimals)):
            where = "" if lines is None else f", line {lines[at]}"
            one, two = cell.replace(",", "").replace(".", ""), cell.replace(",", ".")
            raise InventoryError(
                f"{source}{where}: {column} holds {cell}, which may mean {one} or {two}; write {one} or {two} "
                "and run again"
            )
        if _SIGNED.fullmatch(cell):
            cell = cell.replace(_OTHER[sign], "").replace(sign, ".")
        if _PLAIN.fullmatch(cell):
            result[at] = float(cell)
    return result


def _decimal(cell: str) -> str:
    """Return the decimal sign that a cell gives away; empty if it could be either, or has no sign."""
    signs = re.findall(r"[.,]", cell)
    if not signs or _EITHER.fullmatch(cell):
        return ""
    if len(set(signs)) == 2:
        return str(signs[-1])
    # A sign that stands twice parts groups, so the other one is the decimal sign.
    return str(signs[0]) if len(signs) == 1 else _OTHER[signs[0]]
