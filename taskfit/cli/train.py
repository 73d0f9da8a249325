"""``taskfit train``: make a model from labelled tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import group_option, label_option, text_option
from taskfit.shipped import DEFAULT_MODEL

if TYPE_CHECKING:
    from taskfit.encoders import OnnxEncoder
    from taskfit.evaluation import LabelledSummary
    from taskfit.labelled import LabelledTasks
    from taskfit.training import Training
    from taskfit.unlabelled import Unlabelled


@click.command("train")
@click.argument("labelled", metavar="LABELLED")
@click.option(
    "--also",
    multiple=True,
    metavar="FILE",
    help="More labelled tasks to learn from, with columns found by their usual names; not quoted in explanations.",
)
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
@click.option(
    "--teacher",
    metavar="DIR",
    help="A larger sentence-transformers model on disk, from which --fine-tune learns too; it is taught in two passes "
    "of its own first.",
)
@click.option(
    "--pool",
    multiple=True,
    metavar="FILE",
    help="Tasks without labels, such as a public catalogue, from which --fine-tune's fast tier learns; with --teacher, "
    "both tiers.",
)
@click.option("--epochs", type=click.IntRange(1), help="Passes of --fine-tune over the tasks, at most. [default: 5]")
@click.option("--stop-after", type=click.IntRange(1), metavar="N", help="End --fine-tune after N of its epochs.")
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
    from taskfit.bundle import refuse_taken, save
    from taskfit.evaluation import render_table
    from taskfit.labelled import read_labelled

    refuse_taken(options["output"], overwrite=options["force"])
    tasks = read_labelled(options["labelled"], text=options["text"], label=options["label"], group=options["group"])
    options["also"] = [read_labelled(file) for file in options["also"]]
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
        for option in ("epochs", "stop_after", "teacher", "pool"):
            if options[option]:
                flag = f"--{option.replace('_', '-')}"
                raise click.UsageError(f"{flag} belongs to --fine-tune: add --fine-tune, or leave {flag} out")
        return train(tasks, _encoder(options["encoder"]), also=options["also"], name=name, random_state=options["seed"])
    from tqdm import tqdm

    from taskfit.finetuning import FineTuning

    chosen = {name: options[name] for name in ("epochs", "stop_after") if options[name] is not None}
    settings = FineTuning(**chosen)
    base = options["encoder"] or DEFAULT_MODEL
    # disable=None: only on a terminal.
    with tqdm(unit=" batches", disable=None) as bar:

        def progress(stage: str, done: int, total: int) -> None:
            if done == 1:
                bar.reset(total)
                bar.set_description(stage)
            bar.update(done - bar.n)

        return train_fine_tuned(
            tasks,
            base,
            teacher=options["teacher"],
            also=options["also"],
            unlabelled=_unlabelled(options["pool"]),
            name=name,
            settings=settings,
            random_state=options["seed"],
            progress=progress,
        )


def _unlabelled(files: tuple[str, ...]) -> Unlabelled | None:
    from taskfit.inventory import open_inventory, role_column, text_column
    from taskfit.labelled import cell_text, sound_rows
    from taskfit.unlabelled import Unlabelled

    texts: list[str] = []
    roles: list[str] = []
    for file in files:
        with open_inventory(file) as inventory:
            columns = inventory.description.columns
            rows = sound_rows(inventory)
        text = columns.index(text_column(columns, rows[:1000]))
        role = role_column(columns)
        filled = [row for row in rows if cell_text(row, text)]
        texts += [cell_text(row, text) for row in filled]
        roles += ["" if role is None else cell_text(row, columns.index(role)) for row in filled]
    return Unlabelled(texts, roles) if files else None


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
