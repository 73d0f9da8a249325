"""Pieces of HTML that every part of the page is made of: ranges, amounts, tasks, regions that scroll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from taskfit.scored import said

__all__ = ["amount", "guard_cells", "guard_heads", "listed", "named", "percents", "region", "whose", "wished"]


def percents(interval: Mapping[str, float]) -> str:
    """Return a range of shares, never as a point."""
    low, high = round(100 * interval["low"]), round(100 * interval["high"])
    if low == high:  # no share is known to a point
        low, high = max(0, low - 1), min(100, high + 1)
    return f"{low}–{high} %"


def amount(value: float, unit: str, *, bare: bool = False) -> str:
    """Return a weight with its unit; `bare` where a heading names the unit."""
    return escape(said(value, unit, bare=bare))


def named(text: str) -> str:
    """Return a task's or a column's own words: they keep their direction and are not read as HTML."""
    return f"<bdi>{escape(text)}</bdi>"


def whose(entry: Mapping[str, Any], *further: str) -> str:
    """Return a line with the team and the role of a task, and what else is said of it."""
    owner = [named(part) for part in (entry["team"], entry["role"]) if part]
    return f"<span class='soft'>{' · '.join([*owner, *(text for text in further if text)])}</span>"


def wished(entry: Mapping[str, Any]) -> str:
    """Return a task's wish and zone in words; empty where nobody was asked."""
    return "" if entry["wish"] is None else f"wish {entry['wish']:g} of 5, {entry['zone']}"


def guard_heads(unit: str) -> str:
    """Return the headings of `guard_cells`."""
    heads = (
        f"called automatable, {escape(unit)}",
        "of it human-essential after all",
        "of it at quality risk",
        "moved toward technology by people",
    )
    return "".join(f"<th scope='col' class='n'>{head}</th>" for head in heads)


def guard_cells(guard: Mapping[str, float], unit: str) -> str:
    """Return what technology could take and its whole cost, a cell each."""
    wrong = "–"
    if guard["automatable"]:
        low, high = (amount(guard[f"wrongly_automated_{end}"], unit, bare=True) for end in ("low", "high"))
        wrong = f"{amount(guard['wrongly_automated'], unit, bare=True)} ({low}–{high})"
    cells = (
        amount(guard["automatable"], unit, bare=True),
        wrong,
        amount(guard["at_risk"], unit, bare=True),
        amount(guard["overruled"], unit, bare=True),
    )
    return "".join(f"<td class='n'>{cell}</td>" for cell in cells)


def region(label: str, table: str) -> str:
    """Return a table that scrolls sideways by itself, by keyboard too."""
    return f"<div class='scroll' tabindex='0' role='region' aria-label='{escape(label, quote=True)}'>{table}</div>"


def listed(entries: Sequence[str], kind: str = "ul", style: str = "") -> str:
    """Return a list, or nothing if it is empty."""
    opened = f"<{kind} class='{style}'>" if style else f"<{kind}>"
    return f"{opened}{''.join(f'<li>{entry}</li>' for entry in entries)}</{kind}>" if entries else ""
