"""How do people overrule it? A sheet out, the signed sheet back in, and a log of who settled what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from taskfit.errors import InventoryError, OutputError
from taskfit.hygiene import find_problems
from taskfit.inventory import MISSING, AtomicFile, open_inventory
from taskfit.labels import DRIVERS, LABELS, RUBRIC
from taskfit.scored import ScoredTasks, Weights
from taskfit.scoring.overrides import toward_technology
from taskfit.scoring.settle import model_label, question
from taskfit.text import fingerprint

__all__ = ["SignedSheet", "Verdict", "append_log", "export_sheet", "log_beside", "queue", "read_sheet"]

#: Columns of the sheet. The last four are for the reviewer; the rest is locked. The header of the weight names its unit.
SHEET_COLUMNS = (
    "id", "line", "task", "team", "role", "model label", "sure", "may be", "drivers", "weight", "why look",
    "decision", "reviewer", "date", "reason",
)  # fmt: skip
_OPEN = SHEET_COLUMNS[-4:]
_READ = ("id", *_OPEN)
_LINE = 15  # points
_WIDTHS = (14, 6, 60, 18, 24, 16, 7, 24, 20, 9, 40, 18, 18, 12, 40)


@dataclass(frozen=True)
class Verdict:
    """What a reviewer wrote about one task.

    Parameters
    ----------
    row : int
        Position in the scored file.
    task, role, model_label, label, reviewer, reviewed_on, reason : str
        The date is empty where none was written.
    reach : int
        Rows of the scored file that ask the same: the same task in the same role.
    """

    row: int
    task: str
    role: str
    model_label: str
    label: str
    reviewer: str
    reviewed_on: str
    reason: str
    reach: int = 1

    @property
    def toward_technology(self) -> bool:
        """Whether it leaves more of the task to technology than the model would."""
        return toward_technology(self.label, self.model_label)


@dataclass(frozen=True)
class SignedSheet:
    """What people wrote in a sheet.

    Parameters
    ----------
    verdicts : list of Verdict
    undecided : list of int
        Rows of the sheet that have a name, a date or a reason, and no decision.
    """

    verdicts: list[Verdict]
    undecided: list[int]


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


def export_sheet(
    tasks: ScoredTasks, weights: Weights, path: str | Path, *, everything: bool = False, team: str | None = None
) -> int:
    """Write a workbook to decide in: drop-downs, locked columns, the rubric on a second sheet.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    path : str or Path
    everything : bool
        Whether sure tasks follow at the end.
    team : str, optional
        Column with the team of each task, to read.

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

    rows = queue(tasks, weights, everything=everything)
    teams = [""] * len(tasks) if team is None else tasks.column(team)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with AtomicFile(path) as stream, xlsxwriter.Workbook(stream, options) as workbook:
        formats = _formats(workbook)
        sheet = workbook.add_worksheet("Review")
        hidden = {"id", *(["team"] if team is None else [])}
        for column, (name, width) in enumerate(zip(SHEET_COLUMNS, _WIDTHS, strict=True)):
            sheet.write(0, column, f"weight ({weights.unit})" if name == "weight" else name, formats["head"])
            sheet.set_column(column, column, width, None, {"hidden": name in hidden})
        for at, (row, why) in enumerate(rows, start=1):
            _write_row(sheet, at, _shown(tasks, weights, row, teams[row], why), formats)
        _guard(sheet, len(rows))
        _rubric(workbook, formats)
    return len(rows)


def read_sheet(path: str | Path, tasks: ScoredTasks) -> SignedSheet:
    """Read the decisions of a signed sheet.

    Parameters
    ----------
    path : str or Path
    tasks : ScoredTasks
        The scored file that the sheet was made from.

    Raises
    ------
    InventoryError
        If it is no review sheet or belongs to another file, two rows settle one question differently, or a decision is
        unsigned, unknown, wrongly dated, or gives a reason too few.
    """
    with open_inventory(path) as inventory:
        names = inventory.description.columns
        rows = [row for chunk in inventory.chunks(10_000) for row in chunk]
    if lacking := [name for name in _READ if name not in names]:
        raise InventoryError(f"{path} lacks {', '.join(lacking)}: give a sheet that taskfit review export wrote")
    known = {_identity(tasks, row): row for row in range(len(tasks))}
    reach = Counter(question(tasks, row) for row in np.flatnonzero(tasks.scored).tolist())
    verdicts, undecided = [], []
    settled_in: dict[tuple[str, str], tuple[int, str]] = {}
    for row in rows:
        cells = {name: _cell(row.cells[names.index(name)]) for name in _READ}
        if not cells["decision"]:
            undecided += [row.line] if any(cells[name] for name in _OPEN) else []
            continue
        where = f"{path}, row {row.line}"
        if cells["id"] not in known:
            raise InventoryError(
                f"{where}: this task is not in {tasks.source}; give the file that the sheet was made from"
            )
        at = known[cells["id"]]
        verdict = _verdict(tasks, at, cells, reach[question(tasks, at)], where)
        line, label = settled_in.setdefault(question(tasks, at), (row.line, verdict.label))
        if label != verdict.label:
            raise InventoryError(
                f"{where}: row {line} holds the same task in the same role and calls it {label}, not {verdict.label}; "
                "decide both alike"
            )
        verdicts.append(verdict)
    return SignedSheet(verdicts, undecided)


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


def _verdict(tasks: ScoredTasks, at: int, cells: Mapping[str, str], reach: int, where: str) -> Verdict:
    # " Augmentable " and "human essential" are meant as the labels that they look like.
    label = "-".join(cells["decision"].lower().replace("-", " ").split())
    if label not in LABELS:
        raise InventoryError(f"{where}: {cells['decision']!r} is no label; choose one of {', '.join(LABELS)}")
    if not cells["reviewer"]:
        raise InventoryError(f"{where}: a decision needs a reviewer; write who decided")
    verdict = Verdict(
        row=at, task=tasks.texts[at], role=tasks.roles[at], model_label=model_label(tasks, at), label=label,
        reviewer=cells["reviewer"], reviewed_on=_day(cells["date"], where), reason=cells["reason"], reach=reach,
    )  # fmt: skip
    if verdict.toward_technology and not verdict.reason:
        raise InventoryError(
            f"{where}: {label} leaves more to technology than the model's {verdict.model_label}; write the reason"
        )
    return verdict


def _day(cell: str, where: str) -> str:
    try:
        return datetime.fromisoformat(cell).date().isoformat() if cell else ""
    except ValueError as error:
        raise InventoryError(f"{where}: {cell!r} is no date; write it like 2026-11-20") from error


def _formats(workbook: Any) -> dict[str, Any]:
    # The indent keeps a text apart from a number that ends at the right edge of the cell before it.
    top = {"valign": "top"}
    wrapped = {**top, "text_wrap": True, "align": "left", "indent": 1}
    free = {"locked": False, "bg_color": "#FFF9E5", "border": 1}
    return {
        "head": workbook.add_format({**wrapped, "bold": True, "bg_color": "#E6EAF2", "bottom": 1}),
        "locked": workbook.add_format({**wrapped, "font_color": "#333333"}),
        "number": workbook.add_format(top),
        "share": workbook.add_format({**top, "num_format": "0%"}),
        "open": workbook.add_format({**wrapped, **free}),
        "date": workbook.add_format({**top, **free, "num_format": "yyyy-mm-dd"}),
    }


def _guard(sheet: Any, count: int) -> None:
    """Lock what is to be read, offer the labels, and set up the print."""
    decision = SHEET_COLUMNS.index("decision")
    sheet.data_validation(
        1, decision, max(1, count), decision,
        {"validate": "list", "source": list(LABELS), "error_title": "Unknown label", "error_message": "Choose from the list."},
    )  # fmt: skip
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(1, count), len(SHEET_COLUMNS) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _shown(tasks: ScoredTasks, weights: Weights, row: int, team: str, why: str) -> dict[str, str | float]:
    """Return what a row of the sheet gives to read, by column."""
    chances = tasks.probabilities[row]
    likely = [LABELS[label] for label in np.argsort(-chances) if chances[label] >= 0.1]
    label = model_label(tasks, row)
    values = (
        _identity(tasks, row), tasks.lines[row], tasks.texts[row], team, tasks.roles[row], label,
        float(chances[LABELS.index(label)]), ", ".join(likely), tasks.decisive[row], float(weights.values[row]), why,
    )  # fmt: skip
    return dict(zip(SHEET_COLUMNS, values, strict=False))


def _write_row(sheet: Any, at: int, values: Mapping[str, str | float], formats: dict[str, Any]) -> None:
    for column, (name, value) in enumerate(values.items()):
        if isinstance(value, str):
            sheet.write_string(at, column, value[:32_767], formats["locked"])
        else:
            sheet.write_number(at, column, value, formats["share" if name == "sure" else "number"])
    # Excel fits wrapped rows by itself, other programs do not.
    lines = max(-(-len(str(value)) // width) for value, width in zip(values.values(), _WIDTHS, strict=False))
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
    if value is None or value is MISSING:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip().removesuffix(" 00:00:00")
