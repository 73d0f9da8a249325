"""``taskfit evaluate``: how good is a model on a labelled file?"""

from __future__ import annotations

import json
from typing import Any

import click

from taskfit.cli._boundary import GATE
from taskfit.cli._options import group_option, json_option, label_option, model_options, policy_option, text_option


@click.command("evaluate")
@click.argument("labelled", metavar="LABELLED")
@model_options
@policy_option
@text_option
@label_option
@group_option
@click.option("--split", metavar="NAME", help="Use only this split (train, dev or test) of the file.")
@json_option
@click.option(
    "--min",
    "minima",
    multiple=True,
    metavar="METRIC=VALUE",
    help="Exit 4 unless the metric is at least VALUE (an error rate: at most). May be given several times.",
)
def command(**options: Any) -> None:
    """Measure a model on tasks with labels, beside baselines that are cross-validated on the same file.

    A model that reads roles is told them, if the file has a column of roles.

    \b
    Examples:
      taskfit evaluate labelled.csv
      taskfit evaluate labelled.csv --model my-model --json
      taskfit evaluate labelled.csv --min accuracy=0.85 --min human_called_automatable=0
    """
    from taskfit.evaluation import leaks, parse_gate, refuse_unknown, render_table
    from taskfit.labelled import read_labelled
    from taskfit.scoring import load
    from taskfit.scoring.measure import measure_model

    gates = [parse_gate(minimum) for minimum in options["minima"]]
    tasks = read_labelled(options["labelled"], text=options["text"], label=options["label"], group=options["group"])
    refuse_unknown(tasks.labels, tasks.lines, options["labelled"])
    if found := leaks(tasks):
        first = f"{found[0]} (lines {', '.join(str(tasks.lines[row]) for row in found[0].rows)})"
        more = {1: "", 2: "; so does 1 other"}.get(len(found), f"; so do {len(found) - 1:,} others")
        click.echo(f"Warning: {first}, which flatters the figures{more}", err=True)
    if options["split"] is not None:
        tasks = tasks.only(options["split"])
    model = load(options["model"], tier=options["tier"], policy=options["policy"], trust=options["trust"])
    figures = measure_model(model, tasks)
    if options["as_json"]:
        click.echo(json.dumps([metrics.to_dict() for metrics in figures], indent=2))
    else:
        click.echo(render_table(figures))
    failures = [failure for gate in gates for failure in gate.failures(figures[-1])]
    for failure in failures:
        click.echo(f"Gate not met: {failure}", err=True)
    if failures:
        raise click.exceptions.Exit(GATE)
