"""``taskfit train``: make a model from labelled tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import group_option, label_option, text_option

#: What --fine-tune starts from.
_BASE = "all-MiniLM-L6-v2"

if TYPE_CHECKING:
    from taskfit.encoders import OnnxEncoder
    from taskfit.evaluation import LabelledSummary
    from taskfit.labelled import LabelledTasks
    from taskfit.training import Training


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
@click.option("--fine-tune", is_flag=True, help="Teach the encoder too (needs taskfit[train]); minutes, not seconds.")
@click.option("--epochs", type=click.IntRange(1), help="Passes of --fine-tune over the tasks, at most. [default: 6]")
@click.option("--name", metavar="NAME", help="How the model is called; the folder's name if left out.")
@click.option("--seed", default=0, show_default=True, help="Seed of folds and intervals.")
@click.option("--force", is_flag=True, help="Replace a model in the folder.")
def command(**options: Any) -> None:
    """Make a model from tasks with labels, and print how well it does on tasks that it has not seen.

    \b
    Examples:
      taskfit train labelled.csv -o my-model
      taskfit train labelled.xlsx --text Task --label Decision --group Role -o my-model
      taskfit train labelled.csv --fine-tune -o my-model
      taskfit score inventory.csv --model my-model -o scored.csv
    """
    from taskfit.bundle import save
    from taskfit.evaluation import render_table
    from taskfit.labelled import read_labelled

    tasks = read_labelled(options["labelled"], text=options["text"], label=options["label"], group=options["group"])
    name = options["name"] or Path(options["output"]).name
    training = _training(tasks, name, options)
    _say(training.summary, tasks.unlabelled)
    manifest = save(training.bundle, options["output"], overwrite=options["force"])
    click.echo(f"{training.protocol}\n")
    click.echo(render_table(training.figures))
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    click.echo(f"\nwrote {options['output']}: {size / 1e6:.1f} MB, fitted on {manifest['data']['fitted_on']:,} tasks")


def _training(tasks: LabelledTasks, name: str, options: dict[str, Any]) -> Training:
    from taskfit.training import train, train_fine_tuned

    if not options["fine_tune"]:
        if options["epochs"]:
            raise click.UsageError("--epochs belongs to --fine-tune: add --fine-tune, or leave --epochs out")
        return train(tasks, _encoder(options["encoder"]), name=name, random_state=options["seed"])
    from tqdm import tqdm

    from taskfit.finetuning import FineTuning

    settings = FineTuning() if options["epochs"] is None else FineTuning(epochs=options["epochs"])
    base = options["encoder"] or _BASE
    # disable=None: only on a terminal.
    with tqdm(desc="fine-tuning", unit=" batches", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return train_fine_tuned(
            tasks, base, name=name, settings=settings, random_state=options["seed"], progress=progress
        )


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
