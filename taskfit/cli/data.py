"""``taskfit data``: public sets, conversion of their scales, and checks of labelled files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import json_option, label_option, text_option

if TYPE_CHECKING:
    from taskfit.datasets import Problem
    from taskfit.evaluation import Agreement
    from taskfit.labelled import LabelledTasks

_SHOWN = 20


@click.group("data")
def command() -> None:
    """Find, convert and check labelled tasks.

    \b
    Examples:
      taskfit data sources
      taskfit data convert onet.csv --scale automation --column gpt4_automation_1 -o labelled.csv
      taskfit data validate labelled.csv
      taskfit data agree anna.csv ben.csv
      taskfit data join votes.csv sentences.csv --on id -o labelled.csv
    """


@command.command("sources")
@click.option("--check", metavar="DIR", envvar="TASKFIT_CORPORA", help="Folder of extracts to compare by digest.")
@json_option
def sources(check: str | None, as_json: bool) -> None:
    """Say where public sets of rated tasks live, under which licence, and how to cite them."""
    from dataclasses import asdict

    from taskfit.datasets import SOURCES

    states = {name: source.state(check) if check else None for name, source in SOURCES.items()}
    if as_json:
        entries = [asdict(source) | {"state": states[name]} for name, source in SOURCES.items()]
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    for name, source in SOURCES.items():
        click.echo(f"{name}: {source.title}")
        click.echo(f"  where    {source.url}")
        click.echo(f"  licence  {source.licence}")
        click.echo(f"  cite     {source.citation}")
        click.echo(f"  scales   {', '.join(f'{column} ({scale})' for column, scale in source.scales.items())}")
        click.echo(f"  extract  {source.file}, sha256 {source.sha256}" + (f": {states[name]}" if check else ""))


@command.command("convert")
@click.argument("rated", metavar="RATED")
@click.option("-o", "--output", default="-", metavar="OUTPUT", help="File to write; stdout as CSV if left out.")
@click.option("--scale", metavar="NAME", help="automation, agency, exposure, ilo or substitution.")
@click.option("--column", "columns", multiple=True, metavar="COL", help="Column of ratings; several are averaged.")
@click.option("--source", metavar="NAME", help="A public set (see sources), which names scale and columns.")
@text_option
@click.option("--role", metavar="COL", help="Column with the role of each task.")
def convert(**options: Any) -> None:
    """Turn ratings of a published scale into labels; rows of one task and role are averaged.

    What the conversion loses is said on stderr.

    \b
    Examples:
      taskfit data convert workbank_experts.csv --source workbank-experts -o labelled.csv
      taskfit data convert ratings.xlsx --scale agency --column H -o labelled.csv
    """
    from taskfit.datasets import SCALES
    from taskfit.datasets import convert as convert_rows
    from taskfit.inventory import open_inventory, open_writer

    scale_name, columns = _scale(options)
    scale = SCALES[scale_name]
    with open_inventory(options["rated"]) as inventory:
        rows, lines = _rated(inventory, columns, options)
    tasks = convert_rows(rows, scale, lines=lines)
    header = ["task", "label", "role", "rating", "ratings", "source"]
    with open_writer(options["output"], header, types={"rating": float}) as writer:
        writer.write(
            [(t.task, t.label, t.role, t.rating, t.ratings, f"{scale.name}: {', '.join(columns)}") for t in tasks]
        )
    click.echo(f"{len(rows):,} rows, {len(tasks):,} tasks. {scale.title}: {scale.losses}", err=True)


@command.command("join")
@click.argument("labels", metavar="LABELS")
@click.argument("texts", metavar="TEXTS")
@click.option("--on", required=True, metavar="COL", help="Column of ids, in both files.")
@click.option("-o", "--output", default="-", metavar="OUTPUT", help="File to write; stdout as CSV if left out.")
def join_files(labels: str, texts: str, on: str, output: str) -> None:
    """Put sentences beside labels that are kept without them, such as those of public tasks.

    \b
    Examples:
      taskfit data join data/onet.csv onet_exposure.csv --on task_id -o onet-labelled.csv
    """
    from taskfit.datasets import join
    from taskfit.inventory import open_inventory, open_writer
    from taskfit.labelled import sound_rows

    with open_inventory(labels) as one, open_inventory(texts) as two:
        columns, joined = join(sound_rows(one), one.description.columns, sound_rows(two), two.description.columns, on)
    with open_writer(output, columns) as writer:
        writer.write(joined)
    click.echo(f"{len(joined):,} labels, each with its text", err=True)


@command.command("validate")
@click.argument("labelled", metavar="LABELLED")
@text_option
@label_option
@click.option("--quick", is_flag=True, help="No search for near-duplicates and doubtful labels.")
@json_option
def validate(labelled: str, text: str | None, label: str | None, quick: bool, as_json: bool) -> None:
    """Check a labelled file: schema, contradictions, duplicates, leaks between splits, doubtful labels.

    Exit code 4 if there is an error; doubts alone pass.
    """
    from taskfit.bundle import find, load
    from taskfit.datasets import validate as check
    from taskfit.labelled import read_labelled

    tasks = read_labelled(labelled, text=text, label=label, lenient=True)
    # The fast tier's vectors find as many planted mistakes as the accurate one's, many times sooner.
    problems = check(tasks, encoder=None if quick else load(find(), tier="fast").tier.encoder)
    if as_json:
        from dataclasses import asdict

        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
    else:
        _tell(problems, tasks)
    if any(problem.error for problem in problems):
        raise click.exceptions.Exit(4)


@command.command("agree")
@click.argument("first", metavar="FIRST")
@click.argument("second", metavar="SECOND")
@text_option
@label_option
@click.option("--group", metavar="COL", help="Column of FIRST to report agreement by.")
@json_option
def agree(first: str, second: str, text: str | None, label: str | None, group: str | None, as_json: bool) -> None:
    """Say how far two people agree who labelled the same tasks; rows are matched by id, else by text and role."""
    from taskfit.datasets import same_tasks
    from taskfit.evaluation import refuse_unknown
    from taskfit.labelled import read_labelled

    one = read_labelled(first, text=text, label=label, group=group)
    two = read_labelled(second, text=text, label=label)
    for tasks, name in ((one, first), (two, second)):
        refuse_unknown(tasks.labels, tasks.lines, name)
    one, two = same_tasks(one, two)
    result = _agreement(one, two, by_group=group is not None)
    click.echo(json.dumps(result.to_dict(), indent=2, ensure_ascii=False) if as_json else _agreement_text(result))


def _scale(options: dict[str, Any]) -> tuple[str, list[str]]:
    from taskfit.datasets import SCALES, SOURCES

    name, columns = options["scale"], list(options["columns"])
    if options["source"]:
        if options["source"] not in SOURCES:
            raise click.UsageError(f"no source {options['source']!r}: one of {', '.join(SOURCES)}")
        scales = SOURCES[options["source"]].scales
        name = name or next(iter(scales.values()))
        columns = columns or [column for column, scale in scales.items() if scale == name]
    if name not in SCALES:
        raise click.UsageError(f"name a scale with --scale: {', '.join(SCALES)}")
    if not columns:
        raise click.UsageError("name the column of ratings with --column")
    return name, columns


def _rated(inventory: Any, columns: list[str], options: dict[str, Any]) -> tuple[list[Any], list[int]]:
    from taskfit.errors import ColumnError
    from taskfit.inventory import role_column, text_column
    from taskfit.labelled import cell_text, sound_rows

    names = inventory.description.columns
    missing = [column for column in columns if column not in names]
    if missing:
        raise ColumnError(f"no column {missing[0]!r}: the file has {', '.join(names)}; name one with --column")
    found = sound_rows(inventory)
    text = names.index(text_column(names, found[:1000], options["text"]))
    role = role_column(names, options["role"])
    rated = [names.index(column) for column in columns]
    rows = [
        (
            cell_text(row, text),
            "" if role is None else cell_text(row, names.index(role)),
            [cell_text(row, position) for position in rated],
        )
        for row in found
    ]
    return rows, [row.line for row in found]


def _tell(problems: list[Problem], tasks: LabelledTasks) -> None:
    by_kind: dict[str, list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault(problem.kind, []).append(problem)
    for kind, found in by_kind.items():
        click.echo(f"{kind} ({len(found):,})")
        for problem in found[:_SHOWN]:
            click.echo(f"  line {', '.join(map(str, problem.lines))}: {problem.message}")
        if len(found) > _SHOWN:
            click.echo(f"  ... and {len(found) - _SHOWN:,} more; --json has all")
    errors = sum(problem.error for problem in problems)
    click.echo(f"{len(tasks):,} labelled tasks: {errors:,} errors, {len(problems) - errors:,} to look at")


def _agreement(one: LabelledTasks, two: LabelledTasks, *, by_group: bool) -> Agreement:
    from taskfit.evaluation import agreement

    both = one.drivers is not None and two.drivers is not None
    return agreement(
        one.labels,
        two.labels,
        texts=one.texts,
        drivers=(one.drivers, two.drivers) if both else None,  # type: ignore[arg-type]
        groups=one.groups if by_group else None,
    )


def _agreement_text(result: Agreement) -> str:
    from taskfit.labels import LABELS

    lines = [
        f"{result.n:,} tasks labelled by both",
        f"same label           {result.accuracy:.1%}",
        f"Cohen's kappa        {result.kappa:.3f} (quadratic weights {result.weighted_kappa:.3f})",
        f"Krippendorff's alpha {result.alpha:.3f} (ordinal {result.ordinal_alpha:.3f})",
        "",
        f"{'first / second':<18}" + "".join(f"{label:>17}" for label in LABELS),
    ]
    lines += [
        f"{label:<18}" + "".join(f"{count:>17,}" for count in row)
        for label, row in zip(LABELS, result.confusion, strict=True)
    ]
    if result.drivers:
        lines += ["", "decisive drivers, kappa: " + ", ".join(f"{k} {v:.3f}" for k, v in result.drivers.items())]
    if result.groups:
        lines += [""] + [f"{name:<30} {n:>6,} tasks, kappa {kappa:.3f}" for name, (n, kappa) in result.groups.items()]
    if result.words:
        lines += ["", "words that split: " + ", ".join(f"{word} ({s} of {n})" for word, n, s in result.words)]
    return "\n".join(lines)
