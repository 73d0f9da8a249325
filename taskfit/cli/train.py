"""``taskfit train``: make a model from labelled tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import group_option, label_option, text_option

if TYPE_CHECKING:
    from taskfit.encoders import OnnxEncoder
    from taskfit.evaluation import LabelledSummary


@click.command("train")
@click.argument("labelled", metavar="LABELLED")
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder of the new model.")
@text_option
@label_option
@group_option
@click.option(
    "--encoder",
    metavar="NAME|DIR",
    help="A shipped model's encoder (default), or a sentence-transformers model on disk (needs taskfit[train]).",
)
@click.option("--name", metavar="NAME", help="How the model is called; the folder's name if left out.")
@click.option("--seed", default=0, show_default=True, help="Seed of folds and intervals.")
@click.option("--force", is_flag=True, help="Replace a model in the folder.")
def command(**options: Any) -> None:
    """Make a model from tasks with labels, and print how well it does on tasks that it has not seen.

    \b
    Examples:
      taskfit train labelled.csv -o my-model
      taskfit train labelled.xlsx --text Task --label Decision --group Role -o my-model
      taskfit score inventory.csv --model my-model -o scored.csv
    """
    from taskfit.bundle import save
    from taskfit.evaluation import render_table
    from taskfit.labelled import read_labelled
    from taskfit.training import train

    tasks = read_labelled(options["labelled"], text=options["text"], label=options["label"], group=options["group"])
    name = options["name"] or Path(options["output"]).name
    training = train(tasks, _encoder(options["encoder"]), name=name, random_state=options["seed"])
    _say(training.summary, tasks.unlabelled)
    manifest = save(training.bundle, options["output"], overwrite=options["force"])
    click.echo(f"{training.protocol}\n")
    click.echo(render_table(training.figures))
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    click.echo(f"\nwrote {options['output']}: {size / 1e6:.1f} MB, fitted on {manifest['data']['fitted_on']:,} tasks")


def _encoder(name: str | None) -> OnnxEncoder:
    from taskfit.encoders import read_encoder, shipped_encoder
    from taskfit.shipped import model_folders

    if name is None:
        return shipped_encoder()
    if name in model_folders():
        return read_encoder(name)
    from taskfit.encoders.sentence_transformer import export

    return export(name)


def _say(summary: LabelledSummary, unlabelled: int) -> None:
    for warning in summary.warnings():
        click.echo(f"Warning: {warning}", err=True)
    if unlabelled:
        click.echo(f"left out {unlabelled:,} rows without a text or a label", err=True)
