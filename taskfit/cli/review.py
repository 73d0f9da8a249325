"""``taskfit review``: a sheet for people to decide in, and its way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taskfit.cli._options import text_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfit.review import Verdict


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
    from taskfit.scored import read_scored, weigh

    if Path(output).exists() and not force:
        raise OutputError(f"{output} exists, maybe with decisions in it: choose another name, or --force to replace it")
    tasks = read_scored(scored, text=text)
    count = export_sheet(tasks, weigh(tasks, hours=hours), output, everything=everything)
    click.echo(f"{output}: {count:,} of {len(tasks):,} tasks to look at", err=True)


@command.command("import")
@click.argument("sheet", metavar="SHEET")
@click.option("--into", required=True, metavar="SCORED", help="The scored file that the sheet was made from.")
@click.option("-o", "--output", required=True, metavar="OUT", help="The scored file with the decisions in it.")
@click.option("--decisions", metavar="FILE", help="File that keeps all decisions; OUT.decisions.csv if left out.")
@text_option
def import_(sheet: str, into: str, output: str, decisions: str | None, text: str | None) -> None:
    """Take a signed sheet back: who decided what, when and why; say how often they agree with the model."""
    from taskfit.review import append_log, log_beside, read_sheet
    from taskfit.scored import read_scored

    if Path(output).exists() and Path(into).exists() and Path(output).samefile(into):
        raise click.UsageError(f"OUT is the scored file itself ({output}): name another file")
    verdicts = read_sheet(sheet, read_scored(into, text=text))
    kept = decisions or f"{output}.decisions.csv"
    _keep(verdicts, kept)
    append_log(verdicts, log_beside(kept), sheet=Path(sheet).name)
    _settle(verdicts, into, output)
    same = sum(verdict.label == verdict.model_label for verdict in verdicts)
    share = f" ({same / len(verdicts):.0%})" if verdicts else ""
    click.echo(
        f"{len(verdicts):,} decisions, {same:,} as the model said{share}\n{output}: the scored file with them\n{kept}: "
        f"use it with score --overrides, or as training data with train --also",
        err=True,
    )


def _keep(verdicts: Sequence[Verdict], path: str) -> None:
    """Add decisions to those of earlier sheets; a newer one about the same task comes later and so counts."""
    from taskfit.inventory import open_inventory, open_writer
    from taskfit.scoring import DECISION_COLUMNS

    rows: list[Sequence[Any]] = []
    if Path(path).exists():
        with open_inventory(path) as inventory:
            rows = [row.cells for chunk in inventory.chunks(10_000) for row in chunk]
    rows += [[getattr(verdict, name) for name in DECISION_COLUMNS] for verdict in verdicts]
    with open_writer(path, list(DECISION_COLUMNS)) as writer:
        writer.write(rows)


def _settle(verdicts: Sequence[Verdict], into: str, output: str) -> None:
    from taskfit.inventory import open_inventory, open_writer
    from taskfit.scoring import FIT_COLUMNS
    from taskfit.scoring.overrides import Override, settled

    by_row = {verdict.row: verdict for verdict in verdicts}
    with open_inventory(into) as inventory:
        names = inventory.description.columns
        at = [names.index(name) for name in FIT_COLUMNS]
        with open_writer(output, list(names), template=inventory.description, types=FIT_COLUMNS) as writer:
            number = 0
            for chunk in inventory.chunks(10_000):
                rows = []
                for row in chunk:
                    cells = list(row.cells)
                    if number in by_row:
                        verdict = by_row[number]
                        override = Override(verdict.label, verdict.reviewer, verdict.reviewed_on, verdict.reason)
                        for position, value in zip(at, settled([cells[p] for p in at], override), strict=True):
                            cells[position] = value
                    rows.append(cells)
                    number += 1
                writer.write(rows)
