"""``taskfit compare``: what moved between two scored files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import json_option, text_option

if TYPE_CHECKING:
    from taskfit.comparison import Comparison

_SHOWN = 40


@click.command("compare")
@click.argument("first", metavar="SCORED_A")
@click.argument("second", metavar="SCORED_B")
@click.option("--hours", metavar="COL", help="Column of hours in B, or a product; found by its name if left out.")
@text_option
@json_option
def command(first: str, second: str, hours: str | None, text: str | None, as_json: bool) -> None:
    """Say which tasks moved between two runs, why, and what they weigh.

    \b
    Examples:
      taskfit compare before.csv after.csv
      taskfit compare base.csv ours.csv --json
    """
    from taskfit.comparison import compare
    from taskfit.runrecord import read_record
    from taskfit.scored import read_scored, weigh

    one, two = read_scored(first, text=text), read_scored(second, text=text)
    result = compare(one, two, weigh(two, hours=hours), records=(read_record(first), read_record(second)))
    click.echo(json.dumps(result.to_dict(), indent=2, ensure_ascii=False) if as_json else _text(result))


def _text(result: Comparison) -> str:
    from dataclasses import asdict

    from taskfit.guard import in_words
    from taskfit.labels import LABELS
    from taskfit.scored import said

    unit = result.unit
    moved = sum(move.weight for move in result.moves)
    lines: list[str] = [
        f"{result.shared:,} tasks in both; {len(result.moves):,} moved ({said(moved, unit)}); only in A "
        f"{result.only_first:,}, only in B {result.only_second:,}",
        "",
        f"{unit + ', A / B':<18}" + "".join(f"{label:>17}" for label in LABELS),
    ]
    rows: list[tuple[str, Any]] = list(zip(LABELS, result.table, strict=True))
    lines += [f"{label:<18}" + "".join(f"{value:>17,.1f}" for value in values) for label, values in rows]
    lines += ["", *(f"{name}: {in_words(asdict(guard), unit)}"
                    for name, guard in (("A", result.guard_first), ("B", result.guard_second)))]  # fmt: skip
    for move in result.moves[:_SHOWN]:
        lines += [
            "",
            f"{said(move.weight, unit)}: {move.before} → {move.after}: {move.text} ({move.role})",
            f"  {move.why}",
        ]
    if len(result.moves) > _SHOWN:
        lines += ["", f"... and {len(result.moves) - _SHOWN:,} more; --json has all"]
    return "\n".join(lines)
