"""How do people overrule it? A sheet out, the signed sheet back in, and a log of who settled what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from taskfit.errors import InventoryError, OutputError
from taskfit.hygiene import find_problems
from taskfit.inventory import open_inventory
from taskfit.labels import DRIVERS, LABELS, RUBRIC
from taskfit.scored import ScoredTasks, Weights
from taskfit.text import fingerprint

__all__ = ["Verdict", "append_log", "export_sheet", "log_beside", "queue", "read_sheet"]

#: Columns of the sheet. The last four are for the reviewer; the rest is locked.
SHEET_COLUMNS = (
    "id", "line", "task", "role", "model label", "sure", "may be", "drivers", "weight", "why look",
    "decision", "reviewer", "date", "reason",
)  # fmt: skip
_OPEN = SHEET_COLUMNS[-4:]
_LINE = 15  # points
_WIDTHS = (14, 6, 60, 24, 16, 7, 24, 20, 9, 40, 18, 18, 12, 40)


@dataclass(frozen=True)
class Verdict:
    """What a reviewer wrote about one task.

    Parameters
    ----------
    row : int
        Position in the scored file.
    task, role, model_label, label, reviewer, reviewed_on, reason : str
    """

    row: int
    task: str
    role: str
    model_label: str
    label: str
    reviewer: str
    reviewed_on: str
    reason: str


def queue(tasks: ScoredTasks, weights: Weights, *, everything: bool = False) -> list[tuple[int, str]]:
    """Return which rows people should look at and why: the uncertain first, then the heavy, then doubled wordings.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    everything : bool
        Whether sure tasks follow at the end.

    Returns
    -------
    list of (int, str)
        Each row once.
    """
    scored = np.flatnonzero(tasks.scored)
    unsure = [int(row) for row in scored if tasks.review[row]]
    unsure.sort(key=lambda row: (float(tasks.probabilities[row].max()), -float(weights.values[row])))
    found = {row: tasks.notes[row] or "marked for review" for row in unsure}
    for row in _heavy(tasks, weights, scored.tolist()):
        found.setdefault(row, f"one of the heaviest tasks ({weights.values[row]:g} {weights.unit})")
    for row, why in _conflicts(tasks, weights):
        found.setdefault(row, why)
    if everything:
        for row in scored.tolist():
            found.setdefault(row, "")
    return list(found.items())


def export_sheet(tasks: ScoredTasks, weights: Weights, path: str | Path, *, everything: bool = False) -> int:
    """Write a workbook to decide in: drop-downs, locked columns, the rubric on a second sheet.

    Returns
    -------
    int
        Tasks in the sheet.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    rows = queue(tasks, weights, everything=everything)
    workbook = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    formats = {
        "head": workbook.add_format({"bold": True, "bg_color": "#E6EAF2", "bottom": 1, "text_wrap": True}),
        "locked": workbook.add_format({"text_wrap": True, "valign": "top", "font_color": "#333333"}),
        "share": workbook.add_format({"num_format": "0%", "valign": "top"}),
        "open": workbook.add_format({"locked": False, "bg_color": "#FFF9E5", "text_wrap": True, "valign": "top", "border": 1}),
        "date": workbook.add_format({"locked": False, "bg_color": "#FFF9E5", "num_format": "yyyy-mm-dd", "valign": "top", "border": 1}),
    }  # fmt: skip
    sheet = workbook.add_worksheet("Review")
    for column, (name, width) in enumerate(zip(SHEET_COLUMNS, _WIDTHS, strict=True)):
        sheet.write(0, column, name, formats["head"])
        sheet.set_column(column, column, width, None, {"hidden": name == "id"})
    for at, (row, why) in enumerate(rows, start=1):
        _write_row(sheet, at, tasks, weights, row, why, formats)
    sheet.data_validation(
        1, SHEET_COLUMNS.index("decision"), max(1, len(rows)), SHEET_COLUMNS.index("decision"),
        {"validate": "list", "source": list(LABELS), "error_title": "Unknown label", "error_message": "Choose from the list."},
    )  # fmt: skip
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(1, len(rows)), len(SHEET_COLUMNS) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    _rubric(workbook, formats)
    try:
        workbook.close()
    except (FileCreateError, OSError) as error:
        raise OutputError(f"cannot write {path} ({error}): close it if it is open, or choose another name") from error
    return len(rows)


def read_sheet(path: str | Path, tasks: ScoredTasks) -> list[Verdict]:
    """Read the decisions of a signed sheet.

    Parameters
    ----------
    path : str or Path
    tasks : ScoredTasks
        The scored file that the sheet was made from.

    Raises
    ------
    InventoryError
        If it is no review sheet, belongs to another file, or a decision is unsigned or unknown.
    """
    with open_inventory(path) as inventory:
        names = inventory.description.columns
        rows = [row for chunk in inventory.chunks(10_000) for row in chunk]
    if lacking := [name for name in SHEET_COLUMNS if name not in names]:
        raise InventoryError(f"{path} lacks {', '.join(lacking)}: give a sheet that taskfit review export wrote")
    known = {_identity(tasks, row): row for row in range(len(tasks))}
    verdicts = []
    for row in rows:
        cells = {name: _cell(row.cells[names.index(name)]) for name in SHEET_COLUMNS}
        if not cells["decision"]:
            continue
        where = f"{path}, row {row.line}"
        if cells["id"] not in known:
            raise InventoryError(
                f"{where}: this task is not in {tasks.source}; give the file that the sheet was made from"
            )
        if cells["decision"] not in LABELS:
            raise InventoryError(f"{where}: {cells['decision']!r} is no label; choose one of {', '.join(LABELS)}")
        if not cells["reviewer"]:
            raise InventoryError(f"{where}: a decision needs a reviewer; write who decided")
        at = known[cells["id"]]
        verdicts.append(
            Verdict(at, tasks.texts[at], tasks.roles[at], tasks.labels[at], cells["decision"], cells["reviewer"],
                    cells["date"] or date.today().isoformat(), cells["reason"])
        )  # fmt: skip
    return verdicts


def log_beside(decisions: str | Path) -> Path:
    """Return where the log of a file of decisions lies."""
    return Path(f"{decisions}.log.jsonl")


def append_log(verdicts: Sequence[Verdict], path: Path, *, sheet: str) -> None:
    """Add one line a decision to the log; nothing in it is ever changed.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"at": now, "sheet": sheet, **asdict(verdict)}, ensure_ascii=False) for verdict in verdicts]
    try:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise OutputError(f"cannot write {path} ({error})") from error


def _heavy(tasks: ScoredTasks, weights: Weights, rows: list[int], share: float = 0.1) -> list[int]:
    """Return the heaviest tasks, as many as carry a tenth of the weight each way round: at most a tenth of them."""
    if weights.unit == "tasks":
        return []
    rows = sorted(rows, key=lambda row: -weights.values[row])
    return [row for row in rows[: max(1, round(share * len(rows)))] if weights.values[row] > 0]


def _conflicts(tasks: ScoredTasks, weights: Weights) -> Iterator[tuple[int, str]]:
    for finding in find_problems(tasks, weights):
        if finding.kind in {"duplicate", "worded_alike"}:
            labels = {tasks.labels[row] for row in finding.rows}
            why = "worded alike, labelled differently" if len(labels) > 1 else finding.message
            for row in finding.rows:
                yield row, why


def _identity(tasks: ScoredTasks, row: int) -> str:
    return f"{row}-{fingerprint(tasks.texts[row] + chr(31) + tasks.roles[row])[:8]}"


def _write_row(
    sheet: Any, at: int, tasks: ScoredTasks, weights: Weights, row: int, why: str, formats: dict[str, Any]
) -> None:
    likely = [
        LABELS[label] for label in np.argsort(-tasks.probabilities[row]) if tasks.probabilities[row, label] >= 0.1
    ]
    values = (
        _identity(tasks, row), tasks.lines[row], tasks.texts[row], tasks.roles[row], tasks.labels[row],
        float(tasks.probabilities[row, LABELS.index(tasks.labels[row])]), ", ".join(likely), tasks.decisive[row],
        float(weights.values[row]), why,
    )  # fmt: skip
    for column, value in enumerate(values):
        style = formats["share" if SHEET_COLUMNS[column] == "sure" else "locked"]
        if isinstance(value, str):
            sheet.write_string(at, column, value[:32_767], style)
        else:
            sheet.write_number(at, column, value, style)
    # Excel fits wrapped rows by itself, other programs do not.
    lines = max(-(-len(str(value)) // width) for value, width in zip(values, _WIDTHS, strict=False))
    sheet.set_row(at, _LINE * max(1, lines))
    for name in _OPEN:
        sheet.write_blank(at, SHEET_COLUMNS.index(name), None, formats["date" if name == "date" else "open"])


def _rubric(workbook: Any, formats: dict[str, Any]) -> None:
    sheet = workbook.add_worksheet("Rubric")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    lines = [("How to decide", "Fill the yellow cells: choose a label, write your name, the date and why.")]
    lines += [(label, RUBRIC["labels"][label]) for label in LABELS]
    lines += [(driver, f"decisive when: {RUBRIC['drivers'][driver]}") for driver in DRIVERS]
    lines += [(f"tie: {name}", text) for name, text in RUBRIC["ties"].items()]
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, text, formats["locked"])
        sheet.set_row(row, _LINE * max(1, -(-len(text) // 100)))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip().removesuffix(" 00:00:00")
