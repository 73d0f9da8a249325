"""``taskfit score``: label every task of an inventory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import model_options, policy_option, text_option

if TYPE_CHECKING:
    from taskfit.inventory import Description, Inventory
    from taskfit.scoring import Model, ScoredChunk, Tally
    from taskfit.scoring.journal import Journal
    from taskfit.scoring.workers import Workers

# Large enough to fill batches of one length, small enough to show progress and to stay flat in memory.
_CHUNK = 2048

_NOT_WITH_ENGINE = (
    "resume", "cache", "overrides", "barrier", "excel", "force", "strict", "trust",
    "output_format", "input_format", "encoding", "delimiter", "sheet",
)  # fmt: skip


@click.command("score")
@click.argument("inventory", metavar="INPUT")
@click.option("-o", "--output", default="-", metavar="OUTPUT", help="File to write; stdout as CSV if left out.")
@text_option
@click.option("--role", metavar="COL", help="Column with the role of each task.")
@model_options
@policy_option
@click.option(
    "--overrides", metavar="FILE", help="What people have settled (taskfit review import); it wins over the model."
)
@click.option(
    "--barrier",
    multiple=True,
    metavar="COL",
    help="Column that says what keeps a task with people, such as law or safety; it wins over both.",
)
@click.option("--input-format", metavar="F", help="csv, tsv, jsonl, parquet or xlsx; by suffix if left out.")
@click.option("--format", "output_format", metavar="F", help="The same for the output.")
@click.option("--encoding", metavar="NAME", help="Text encoding of the input; detected if left out.")
@click.option("--delimiter", metavar="CHAR", help="Field delimiter of the input; detected if left out.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook; the first if left out.")
@click.option("--excel", is_flag=True, help="Write for Excel: byte order mark, and no cell that runs as a formula.")
@click.option("--force", is_flag=True, help="Replace fit_ columns that the input already has.")
@click.option("--resume", is_flag=True, help="Go on where a killed run left off; the output is the same.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that score.")
@click.option("--cache", metavar="DIR", help="Keep vectors between runs in this folder.")
@click.option("--engine", metavar="dask|spark", help="Score a folder of Parquet on a cluster engine.")
@click.option("--strict", is_flag=True, help="Stop at the first row that cannot be scored.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def command(**options: Any) -> None:
    """Label every task of an inventory: CSV, TSV, JSONL, Parquet or XLSX, also .gz; - is stdin or stdout.

    Input columns come back unchanged, row for row; the fit_ columns are appended.

    \b
    Examples:
      taskfit score inventory.xlsx -o scored.xlsx
      taskfit score tasks.csv --text "Task description" --policy strict -o scored.csv
      cat tasks.csv | taskfit score - | csvcut -c task,fit_label
    """
    if options["engine"]:
        _on_engine(options)
        return
    from taskfit.inventory import open_inventory

    with open_inventory(
        options["inventory"],
        format=options["input_format"],
        encoding=options["encoding"],
        delimiter=_character(options["delimiter"]),
        sheet=options["sheet"],
    ) as inventory:
        _score(inventory, options)


def _on_engine(options: dict[str, Any]) -> None:
    """Score Parquet on Dask or Spark; the environment says which cluster (DASK_SCHEDULER_ADDRESS, SPARK_REMOTE)."""
    from importlib import import_module

    if refused := [name for name in _NOT_WITH_ENGINE if options[name]]:
        raise click.UsageError(f"--{refused[0].replace('_', '-')} does not go with --engine")
    if options["workers"] > 1:
        raise click.UsageError("--workers does not go with --engine, which has workers of its own")
    if options["engine"] not in ("dask", "spark"):
        raise click.UsageError(f"no engine {options['engine']!r}: dask or spark")
    if not options["text"] or options["output"] == "-":
        raise click.UsageError("--engine needs the column of tasks (--text) and a folder to write (-o)")
    if Path(options["output"]).exists():
        raise click.UsageError(f"{options['output']} exists: name a new folder")
    module = import_module(f"taskfit.distributed.{options['engine']}")
    module.score_parquet(
        options["inventory"],
        options["output"],
        options["text"],
        role=options["role"],
        model=options["model"],
        tier=options["tier"],
        policy=options["policy"],
    )


def _score(inventory: Inventory, options: dict[str, Any]) -> None:
    from taskfit.inventory import is_stream, open_writer
    from taskfit.scoring import FIT_COLUMNS, kept_columns, load, read_overrides, score_rows
    from taskfit.scoring.overrides import barrier_columns

    description = inventory.description
    _refuse_own_input(options["inventory"], options["output"])
    keep = kept_columns(description.columns, force=options["force"])
    chunks, text, role = _columns(inventory, options)
    barriers = barrier_columns(description.columns, options["barrier"])
    overrides = None if options["overrides"] is None else read_overrides(options["overrides"])
    if not options["quiet"]:
        _say(description, text, role)
    model = load(
        options["model"],
        tier=options["tier"],
        policy=options["policy"],
        trust=options["trust"],
        cache=options["cache"],
    )
    journal = _journal(model, text, role, options)
    columns = [description.columns[position] for position in keep]
    with (
        journal or nullcontext(),
        open_writer(
            options["output"],
            [*columns, *FIT_COLUMNS],
            format=options["output_format"],
            excel=options["excel"],
            template=description,
            types=FIT_COLUMNS,
        ) as writer,
    ):
        scored = score_rows(
            chunks,
            model,
            text=description.columns.index(text),
            role=None if role is None else description.columns.index(role),
            keep=keep,
            strict=options["strict"],
            overrides=overrides,
            barriers=barriers,
            workers=_workers(model, options),
            journal=journal,
        )
        started = time.perf_counter()
        tally = _write(scored, writer, quiet=options["quiet"])
    if not is_stream(options["output"]):
        _record(model, tally, text, role, options)
    if model.problem:
        click.echo(f"Warning: {model.problem}", err=True)
    if not options["quiet"]:
        _summarise(tally, time.perf_counter() - started, model)


def _workers(model: Model, options: dict[str, Any]) -> Workers | None:
    if options["workers"] == 1:
        return None
    from taskfit.bundle import find
    from taskfit.scoring.workers import Workers

    folder = str(Path(find(options["model"])).resolve())
    return Workers(options["workers"], (folder, options["tier"], model.policy, options["trust"], options["cache"]))


def _journal(model: Model, text: str, role: str | None, options: dict[str, Any]) -> Journal | None:
    """Return the journal of a run from a file to a file; a stream cannot be read a second time."""
    from taskfit.inventory import is_stream

    if is_stream(options["inventory"]) or is_stream(options["output"]):
        if options["resume"]:
            raise click.UsageError("--resume needs files: name the input and the output (-o)")
        return None
    from taskfit.scoring.journal import Journal, digest_of

    identity = {
        "input": digest_of(options["inventory"]),
        "model": model.bundle.facts["files"],
        "tier": options["tier"],
        "policy": repr(model.policy),
        "text column": text,
        "role column": role or "",
        "input format": options["input_format"] or "",
        "rows a chunk": _CHUNK,
        "sheet": options["sheet"] or "",
        "encoding": options["encoding"] or "",
        "delimiter": options["delimiter"] or "",
    }
    journal = Journal(options["output"], identity, resume=options["resume"])
    if options["resume"] and not options["quiet"]:
        click.echo(f"resuming: {journal.chunks * _CHUNK:,} rows are scored already", err=True)
    return journal


def _record(model: Model, tally: Tally, text: str, role: str | None, options: dict[str, Any]) -> None:
    from taskfit.runrecord import record, with_decisions, write_record

    fields = record(
        model=model.name,
        fingerprint=model.bundle.tier.encoder.fingerprint,
        tier=options["tier"],
        policy=model.policy.name,
        source=Path(options["inventory"]).name,
        rows=tally.read,
        text=text,
        role=role,
        barriers=options["barrier"],
    )
    if options["overrides"]:
        name = Path(options["overrides"]).name
        fields = with_decisions(fields, overrides=name, decided=tally.decided, agree=tally.agree)
    write_record(fields, options["output"])


def _columns(inventory: Inventory, options: dict[str, Any]) -> tuple[Iterable[Any], str, str | None]:
    from itertools import chain

    from taskfit.inventory import Chunk, role_column, text_column

    columns = inventory.description.columns
    chunks = iter(inventory.chunks(_CHUNK))
    first = next(chunks, Chunk())
    text = text_column(columns, first, options["text"])
    role = role_column(columns, options["role"])
    return chain([first], chunks), text, None if role == text else role


def _write(scored: Iterator[ScoredChunk], writer: Any, *, quiet: bool) -> Tally:
    from tqdm import tqdm

    from taskfit.scoring import Tally

    tally = Tally()
    # disable=None: only on a terminal.
    with tqdm(unit=" tasks", unit_scale=True, disable=True if quiet else None) as progress:
        for chunk in scored:
            writer.write(chunk.rows, chunk.source)
            tally += chunk.tally
            progress.update(chunk.tally.read)
    return tally


def _say(description: Description, text: str, role: str | None) -> None:
    facts = [description.format]
    facts += [description.encoding] if description.encoding else []
    facts += [f"delimiter {description.delimiter!r}"] if description.delimiter else []
    facts += [f"sheet {description.sheet!r}"] if description.sheet else []
    facts += [f"tasks in {text!r}"]
    facts += [f"roles in {role!r}"] if role else []
    click.echo(f"{description.name}: {', '.join(facts)}", err=True)
    for warning in description.warnings:
        click.echo(f"Warning: {warning}", err=True)


def _summarise(tally: Tally, seconds: float, model: Model) -> None:
    rate = tally.read / seconds if seconds > 0 else 0.0
    decided = f"decided {tally.decided:,}, {tally.agree:,} as the model said · " if tally.decided else ""
    barred = f"barred {tally.barred:,} · " if tally.barred else ""
    click.echo(
        f"read {tally.read:,} · scored {tally.scored:,} · review {tally.review:,} · blank {tally.blank:,} · skipped "
        f"{tally.skipped:,} · {decided}{barred}{rate:,.0f} tasks/s · model {model.name}, policy {model.policy.name}",
        err=True,
    )


def _character(delimiter: str | None) -> str | None:
    return {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter)


def _refuse_own_input(source: str, target: str) -> None:
    if Path(target).exists() and Path(source).exists() and Path(target).samefile(source):
        raise click.UsageError(f"OUTPUT is the input itself ({target}): name another file")
