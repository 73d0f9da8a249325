import shutil
import subprocess

import openpyxl
import pytest

from taskfit.errors import InventoryError
from taskfit.review import SHEET_COLUMNS, append_log, export_sheet, log_beside, queue, read_sheet
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team


@pytest.fixture
def tasks(csv_file):
    return read_scored(team(csv_file))


def filled(path, answers, saved=None):
    """Fill a sheet as a reviewer would: {task: (decision, reviewer, reason)}."""
    book = openpyxl.load_workbook(path)
    sheet = book["Review"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        answer = answers.get(sheet.cell(row, at["task"]).value)
        if answer:
            for name, value in zip(("decision", "reviewer", "reason"), answer, strict=True):
                sheet.cell(row, at[name], value)
    book.save(saved or path)
    return saved or path


def test_the_unsure_come_first_then_the_heavy(tasks):
    found = queue(tasks, weigh(tasks))
    assert tasks.texts[found[0][0]] == "Answer odd questions"
    assert tasks.texts[found[1][0]] == "Post invoices"
    assert "heaviest" in found[1][1]
    assert len(queue(tasks, weigh(tasks), everything=True)) == 6


def test_tasks_worded_alike_with_different_labels_are_asked_about(csv_file):
    rows = [(("A", "clerk", "Match supplier invoices to orders", 1), [0.9, 0.05, 0.05], "", False, "ok"),
            (("B", "buyer", "Matching orders to supplier invoices", 1), [0.2, 0.75, 0.05], "", False, "ok")]  # fmt: skip # noqa: E501
    tasks = read_scored(scored_csv(csv_file, rows))
    assert {why for _, why in queue(tasks, weigh(tasks, share="hours"))} >= {"worded alike, labelled differently"}


def test_the_sheet_has_drop_downs_locked_columns_and_the_rubric(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    assert export_sheet(tasks, weigh(tasks), path, everything=True) == 6
    book = openpyxl.load_workbook(path)
    sheet = book["Review"]
    assert [cell.value for cell in sheet[1]] == list(SHEET_COLUMNS)
    assert sheet.protection.sheet
    decision = SHEET_COLUMNS.index("decision") + 1
    assert not sheet.cell(2, decision).protection.locked
    assert sheet.cell(2, 3).protection.locked
    assert "human-essential" in sheet.data_validations.dataValidation[0].formula1
    assert any("desired" in str(cell.value) or "decisive when" in str(cell.value) for cell in book["Rubric"]["B"])


def test_a_task_that_looks_like_a_formula_stays_text(csv_file, tmp_path):
    rows = [(("A", "clerk", '=HYPERLINK(""http://x"")', 1), [0.5, 0.4, 0.1], "", True, "ok")]
    tasks = read_scored(scored_csv(csv_file, rows), text="task")
    export_sheet(tasks, weigh(tasks), tmp_path / "sheet.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "sheet.xlsx")["Review"].cell(2, 3)
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')


def test_signed_decisions_come_back_and_unsigned_ones_are_refused(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("augmentable", "Ada", "customers mind")})
    verdict = read_sheet(path, tasks)[0]
    assert (verdict.row, verdict.model_label, verdict.label) == (2, "automatable", "augmentable")
    assert (verdict.reviewer, verdict.reason) == ("Ada", "customers mind")
    assert verdict.reviewed_on
    filled(path, {"Post invoices": ("augmentable", None, None)})
    with pytest.raises(InventoryError, match="needs a reviewer"):
        read_sheet(path, tasks)


def test_a_sheet_of_another_inventory_or_with_another_word_is_refused(tasks, csv_file, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("robot", "Ada", "")})
    with pytest.raises(InventoryError, match="'robot' is no label"):
        read_sheet(path, tasks)
    other = read_scored(
        scored_csv(csv_file, [(("A", "x", "Sing", 1), [0.1, 0.1, 0.8], "c", False, "ok")], name="o.csv")
    )
    with pytest.raises(InventoryError, match=r"not in o\.csv"):
        read_sheet(path, other)
    with pytest.raises(InventoryError, match="lacks id, line"):
        read_sheet(csv_file("task,decision\nSing,augmentable\n", "plain.csv"), tasks)


def test_the_log_only_grows(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("augmentable", "Ada", "")})
    log = log_beside(tmp_path / "decisions.csv")
    for _ in range(2):
        append_log(read_sheet(path, tasks), log, sheet=path.name)
    lines = log.read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert '"reviewer": "Ada"' in lines[0]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_sheet_survives_libreoffice(tasks, tmp_path):
    path, saved = tmp_path / "sheet.xlsx", tmp_path / "saved"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("human-essential", "Ada", "they want a person")})
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", str(saved), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    verdict = read_sheet(saved / "sheet.xlsx", tasks)[0]
    assert (verdict.label, verdict.reviewer) == ("human-essential", "Ada")
    assert openpyxl.load_workbook(saved / "sheet.xlsx")["Review"].protection.sheet
