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
    if len(options["by"]) > 2:
        raise click.UsageError("a report has two tables of groups: name --by once or twice")
    if not options["output"] and not options["as_json"]:
        raise click.UsageError("name the page with -o report.html, or ask for --json")
    tasks = read_scored(options["scored"], text=options["text"])
    weights = weigh(tasks, hours=options["hours"], fte=options["fte"], share=options["share"], by=options["by"])
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
    """Return the nearest labelled tasks of the rows that the page lists, in words."""
    from taskfit.scoring import load

    entries = {entry["row"]: entry for part in ("queue", "first", "never") for entry in summary[part]}
    if not entries:
        return {}
    loaded = load(model or None)
    if loaded.bundle.examples is None:
        return {}
    asked = loaded.ask([entry["text"] for entry in entries.values()], [entry["role"] for entry in entries.values()])
    vectors = loaded.bundle.tier.encoder.encode(asked)
    return {
        row: [f"{near.text} — {near.label}, {near.similarity:.2f}" for near in loaded.bundle.examples.nearest(vector)]
        for row, vector in zip(entries, vectors, strict=True)
    }


def _write(page: str, options: dict[str, Any]) -> None:
    from pathlib import Path

    from taskfit.errors import OutputError
    from taskfit.inventory import atomic_text, is_stream

    path = options["output"]
    if not is_stream(path) and Path(path).exists() and not options["force"]:
        raise OutputError(f"{path} exists: choose another name, or --force to replace it")
    with atomic_text(path) as file:
        file.write(page)


def _said(summary: dict[str, Any], tasks: ScoredTasks) -> str:
    from taskfit.guard import in_words
    from taskfit.scored import said

    total, unit = summary["total"], summary["unit"]
    shares = ", ".join(
        f"{label} {interval['low']:.0%}–{interval['high']:.0%}" for label, interval in total["shares"].items()
    )
    lines = [
        f"{tasks.source}: {summary['tasks']:,} tasks, {said(total['weight'], unit)} ({summary['weights']}): {shares}",
        in_words(total["guard"], unit),
        *summary["warnings"],
    ]
    return "\n".join(lines)
