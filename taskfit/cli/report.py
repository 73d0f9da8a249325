"""``taskfit report``: one page that says who should do the work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import json_option, text_option

if TYPE_CHECKING:
    from taskfit.scored import ScoredTasks


@click.command("report")
@click.argument("scored", metavar="SCORED")
@click.option("-o", "--output", metavar="HTML", help="Page to write.")
@click.option(
    "--by", multiple=True, metavar="COL", help="Column that makes groups; team and role if left out. Twice for two."
)
@click.option(
    "--hours", metavar="COL", help="Column of hours, or a product such as minutes*times/60; found by its name."
)
@click.option("--fte", metavar="COL", help="Weigh by full-time equivalents instead.")
@click.option("--share", metavar="COL", help="Weigh by shares of a role's time instead.")
@click.option("--wish", metavar="COL", help="Column with people's wishes, 1 (keep it) to 5 (automate it).")
@text_option
@click.option(
    "--model", metavar="NAME|DIR", help="The model that scored, for its measured errors; the shipped one if left out."
)
@click.option("--force", is_flag=True, help="Replace the page if it is there.")
@json_option
def command(**options: Any) -> None:
    """Write one self-contained page from a scored inventory: shares with their doubt, what first, what never.

    \b
    Examples:
      taskfit report scored.csv -o report.html
      taskfit report scored.csv -o report.html --by Team --by Role --hours "Hours per week"
      taskfit report scored.csv --json > report.json
    """
    from taskfit.bundle import find, inspect
    from taskfit.report import render_html, summarise
    from taskfit.runrecord import read_record
    from taskfit.scored import read_scored, weigh

    if sum(options[name] is not None for name in ("hours", "fte", "share")) > 1:
        raise click.UsageError("choose one of --hours, --fte and --share")
    if not options["output"] and not options["as_json"]:
        raise click.UsageError("name the page with -o report.html, or ask for --json")
    tasks = read_scored(options["scored"], text=options["text"])
    weights = weigh(tasks, hours=options["hours"], fte=options["fte"], share=options["share"])
    run = read_record(options["scored"])
    manifest = inspect(find(options["model"] or None))
    summary = summarise(tasks, weights, by=options["by"], model=manifest, run=run, wish=options["wish"])
    if options["output"]:
        _write(render_html(summary, tasks, weights, nearest=_nearest(summary, options["model"])), options)
    if options["as_json"]:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        click.echo(_said(summary, tasks), err=True)


def _nearest(summary: dict[str, Any], model: str | None) -> dict[int, list[str]]:
    """Return the nearest labelled tasks of the review queue, in words."""
    from taskfit.scoring import load

    if not summary["queue"]:
        return {}
    loaded = load(model or None)
    if loaded.bundle.examples is None:
        return {}
    texts = [entry["text"] for entry in summary["queue"]]
    vectors = loaded.bundle.tier.encoder.encode(texts)
    return {
        entry["row"]: [f"{neighbour.text} — {neighbour.label}" for neighbour in loaded.bundle.examples.nearest(vector)]
        for entry, vector in zip(summary["queue"], vectors, strict=True)
    }


def _write(page: str, options: dict[str, Any]) -> None:
    from pathlib import Path

    from taskfit.errors import OutputError

    path = Path(options["output"])
    if path.exists() and not options["force"]:
        raise OutputError(f"{path} exists: choose another name, or --force to replace it")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(page, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path} ({error})") from error


def _said(summary: dict[str, Any], tasks: ScoredTasks) -> str:
    total, unit = summary["total"], summary["unit"]
    guard = total["guard"]
    shares = ", ".join(
        f"{label} {interval['low']:.0%}–{interval['high']:.0%}" for label, interval in total["shares"].items()
    )
    return (
        f"{tasks.source}: {summary['tasks']:,} tasks, {total['weight']:,.0f} {unit}: {shares}\n"
        f"called automatable {guard['automatable']:,.0f} {unit}; of it {guard['wrongly_automated']:,.1f} "
        f"human-essential after all ({guard['wrongly_automated_share']:.1%}), {guard['at_risk']:,.1f} at quality risk"
    )
