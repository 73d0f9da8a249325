"""``taskfit explain``: why does a task get its label?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import json_option, model_options, policy_option

if TYPE_CHECKING:
    from taskfit.explain import Neighbour
    from taskfit.scoring import Assessment

_BAR = 30


@click.command("explain")
@click.argument("text")
@click.option("--role", metavar="TEXT", help="The role of whoever does the task.")
@model_options
@policy_option
@json_option
def command(**options: Any) -> None:
    """Show a task's probabilities, its drivers and the three nearest labelled tasks.

    \b
    Examples:
      taskfit explain "Match supplier invoices to purchase orders"
      taskfit explain "Handle complaints" --role "hospice receptionist"
      taskfit explain "Negotiate the works agreement" --json
    """
    from taskfit.scoring import load

    model = load(options["model"], tier=options["tier"], policy=options["policy"], trust=options["trust"])
    assessment = model.assess([options["text"]], [options["role"]] if options["role"] else None)[0]
    neighbours = model.nearest(options["text"]) if assessment.label else []
    if options["as_json"]:
        click.echo(json.dumps(_summary(assessment, neighbours), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(assessment, neighbours)))


def _summary(assessment: Assessment, neighbours: list[Neighbour]) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(assessment), "nearest": [asdict(neighbour) for neighbour in neighbours]}


def _lines(assessment: Assessment, neighbours: list[Neighbour]) -> list[str]:
    if not assessment.label:
        return [f"{assessment.status}: {assessment.note}"]
    review = ", to be reviewed" if assessment.review else ""
    lines = [f"{assessment.label} ({assessment.confidence:.0%} likely{review})"]
    lines += [f"  {assessment.note}"] if assessment.note else []
    lines += ["", "Labels"]
    lines += [_bar(name, value) for name, value in (assessment.probabilities or {}).items()]
    if assessment.drivers:
        lines += ["", "Drivers (how likely each is decisive)"]
        lines += [_bar(name, value) for name, value in assessment.drivers.items()]
    if neighbours:
        lines += ["", "Nearest labelled tasks"]
        lines += [
            f"  {neighbour.similarity:.2f}  {neighbour.label:<16} {neighbour.text} ({neighbour.source})"
            for neighbour in neighbours
        ]
    return lines


def _bar(name: str, value: float) -> str:
    return f"  {name:<16} {value:5.1%}  {'█' * round(value * _BAR)}"
