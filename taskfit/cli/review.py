"""``taskfit review``: a sheet for people to decide in, and its way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import text_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from taskfit.review import SignedSheet, Verdict
    from taskfit.scored import ScoredTasks
    from taskfit.scoring.settle import Settled

#: Rows of a sheet that a warning lists.
_SHOWN = 20


@click.group("review")
def command() -> None:
    """Let people decide what the model is unsure of, and make their decisions stick.

    \b
    Examples:
      taskfit review export scored.csv -o sheet.xlsx
      taskfit review import sheet.xlsx --into scored.csv -o settled.csv --decisions decisions.csv
      taskfit score next-year.csv --overrides decisions.csv -o scored.csv
      taskfit train data.csv --also decisions.csv -o my-model
    """


@command.command("export")
@click.argument("scored", metavar="SCORED")
@click.option("-o", "--output", required=True, metavar="XLSX", help="Workbook to write.")
@click.option("--hours", metavar="COL", help="Column of hours, or a product; found by its name if left out.")
@click.option("--all", "everything", is_flag=True, help="Sure tasks too, at the end.")
@click.option("--force", is_flag=True, help="Replace the workbook if it is there.")
@text_option
def export(scored: str, output: str, hours: str | None, everything: bool, force: bool, text: str | None) -> None:
    """Write the tasks that people should look at (unsure, heavy, doubled), with drop-downs and the rubric."""
    from taskfit.errors import OutputError
    from taskfit.review import export_sheet
    from taskfit.scored import group_columns, weigh

    if Path(output).exists() and not force:
        raise OutputError(f"{output} exists, maybe with decisions in it: choose another name, or --force to replace it")
    tasks, _ = _read(scored, text)
    team = next((name for name in group_columns(tasks) if name != tasks.role), None)
    count = export_sheet(tasks, weigh(tasks, hours=hours), output, everything=everything, team=team)
    click.echo(f"{output}: {count:,} of {len(tasks):,} tasks to look at", err=True)


@command.command("import")
@click.argument("sheet", metavar="SHEET")
@click.option("--into", required=True, metavar="SCORED", help="The scored file that the sheet was made from.")
@click.option("-o", "--output", required=True, metavar="OUT", help="The scored file with the decisions in it.")
@click.option("--decisions", metavar="FILE", help="File that keeps all decisions; OUT.decisions.csv if left out.")
@click.option("--barrier", multiple=True, metavar="COL", help="Barrier column, where SCORED has no record of its run.")
@click.option("--excel", is_flag=True, help="Write OUT for Excel: byte order mark, and no cell that runs as a formula.")
@text_option
def import_(**options: Any) -> None:
    """Take a signed sheet back: who decided what, when and why; say how often they agree with the model.

    OUT is what scoring again with --overrides FILE would write. Barriers stand above decisions.
    """
    from taskfit.review import append_log, log_beside, read_sheet
    from taskfit.scoring import read_overrides
    from taskfit.scoring.settle import settle

    into, output, kept = (
        options["into"],
        options["output"],
        options["decisions"] or f"{options['output']}.decisions.csv",
    )
    if Path(output).exists() and Path(into).exists() and Path(output).samefile(into):
        raise click.UsageError(f"OUT is the scored file itself ({output}): name another file")
    tasks, record = _read(into, options["text"])
    signed = read_sheet(options["sheet"], tasks)
    new = _keep(signed.verdicts, kept)
    append_log(new, log_beside(kept), sheet=Path(options["sheet"]).name)
    barriers = list(dict.fromkeys([*(record or {}).get("barriers", ()), *options["barrier"]]))
    settled = settle(tasks, into, output, read_overrides(kept), barriers=barriers, excel=options["excel"])
    _record(record, settled, kept, barriers, options)
    for line in (*_said(signed, len(new), settled, kept), f"{output}: the scored file with them"):
        click.echo(line, err=True)
    click.echo(f"{kept}: use it with score --overrides, or as training data with train --also", err=True)


def _read(scored: str, text: str | None) -> tuple[ScoredTasks, dict[str, Any] | None]:
    """Read a scored file with the columns that its run was told, so that decisions reach what a later run asks."""
    from dataclasses import replace

    from taskfit.runrecord import read_record
    from taskfit.scored import read_scored

    record = read_record(scored)
    tasks = read_scored(scored, text=text or (record or {}).get("text"))
    if record is None or "role" not in record:
        return tasks, record
    role = record["role"]
    return replace(tasks, role=role, roles=tasks.column(role) if role else [""] * len(tasks)), record


def _keep(verdicts: Sequence[Verdict], path: str) -> list[Verdict]:
    """Add decisions to those of earlier sheets, and return the new ones with their dates."""
    from dataclasses import replace
    from datetime import date

    from taskfit.scoring import DECISION_COLUMNS
    from taskfit.scoring.overrides import add_decisions

    today = date.today().isoformat()
    rows = [{name: getattr(verdict, name) for name in DECISION_COLUMNS} for verdict in verdicts]
    new = add_decisions(rows, path, today=today)
    return [replace(verdicts[at], reviewed_on=verdicts[at].reviewed_on or today) for at in new]


def _record(
    record: dict[str, Any] | None, settled: Settled, kept: str, barriers: list[str], options: dict[str, Any]
) -> None:
    from taskfit.runrecord import beside, drop_record, with_decisions, write_record

    if record is None:
        drop_record(options["output"])
        click.echo(
            f"Warning: no {beside(options['into'])}: model, policy and barriers of the run are unknown, so no barrier "
            "but those of --barrier stands above the decisions",
            err=True,
        )
        return
    fields = with_decisions(
        {**record, "barriers": barriers}, overrides=Path(kept).name, decided=settled.decided, agree=settled.agree
    )
    write_record(fields, options["output"])


def _said(signed: SignedSheet, new: int, settled: Settled, kept: str) -> Iterator[str]:
    verdicts = signed.verdicts
    same = sum(verdict.label == verdict.model_label for verdict in verdicts)
    yield f"{len(verdicts):,} decisions, {same:,} as the model said" + (
        f" ({same / len(verdicts):.0%})" if verdicts else ""
    )
    bold = [verdict for verdict in verdicts if verdict.toward_technology]
    yield f"{len(bold):,} toward technology against the model ({sum(verdict.reach for verdict in bold):,} tasks)"
    for verdict in verdicts:
        if verdict.reach > 1:
            yield f"reaches {verdict.reach:,} rows: {verdict.task}" + (f" ({verdict.role})" if verdict.role else "")
    if new < len(verdicts):
        yield f"{len(verdicts) - new:,} of them stood in {kept} already and were not added again"
    if settled.barred:
        yield f"{settled.barred:,} tasks stay with people all the same: a barrier stands above the decision"
    if signed.undecided:
        rows = ", ".join(f"{row:,}" for row in signed.undecided[:_SHOWN]) + (
            " ..." if signed.undecided[_SHOWN:] else ""
        )
        yield f"Warning: no decision in row {rows}, but a name, a date or a reason: nothing was settled there"
    yield f"{settled.decided:,} rows are decided, {settled.agree:,} as the model said, with all decisions in {kept}"
