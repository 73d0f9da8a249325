import datetime as dt
import json
import shutil
import subprocess
from dataclasses import asdict

import openpyxl
import pytest

from taskfit.errors import InventoryError, OutputError
from taskfit.review import SHEET_COLUMNS, Verdict, append_log, export_sheet, log_beside, queue, read_sheet
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team


@pytest.fixture
def tasks(csv_file):
    return read_scored(team(csv_file))


def filled(path, answers, saved=None, days=None):
    """Fill a sheet as a reviewer would: {task: (decision, reviewer, reason)}, {task: date}."""
    book = openpyxl.load_workbook(path)
    sheet = book["Review"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        answer = answers.get(sheet.cell(row, at["task"]).value)
        if answer:
            for name, value in zip(("decision", "reviewer", "reason"), answer, strict=True):
                sheet.cell(row, at[name], value)
        if day := (days or {}).get(sheet.cell(row, at["task"]).value):
            sheet.cell(row, at["date"], day)
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
    names = [cell.value for cell in sheet[1]]
    assert names == ["weight (hours)" if name == "weight" else name for name in SHEET_COLUMNS]
    assert sheet.protection.sheet
    decision = SHEET_COLUMNS.index("decision") + 1
    assert not sheet.cell(2, decision).protection.locked
    assert sheet.cell(2, 3).protection.locked
    assert "human-essential" in sheet.data_validations.dataValidation[0].formula1
    assert book["Rubric"].cell(2, 1).alignment.vertical == "top"
    assert any("desired" in str(cell.value) or "decisive when" in str(cell.value) for cell in book["Rubric"]["B"])


def test_numbers_and_the_texts_beside_them_do_not_collide_in_print(tasks, tmp_path):
    export_sheet(tasks, weigh(tasks), tmp_path / "sheet.xlsx", team="team")
    row = {name: cell for name, cell in zip(SHEET_COLUMNS, sheet_rows(tmp_path / "sheet.xlsx")[1], strict=True)}
    assert (row["sure"].alignment.indent, row["may be"].alignment.indent, row["why look"].alignment.indent) == (0, 1, 1)
    assert row["may be"].alignment.horizontal == "left"  # otherwise the indent is not drawn
    assert row["team"].value == "North"


def sheet_rows(path):
    return list(openpyxl.load_workbook(path)["Review"].iter_rows())


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
    verdict = read_sheet(path, tasks).verdicts[0]
    assert (verdict.row, verdict.model_label, verdict.label) == (2, "automatable", "augmentable")
    assert (verdict.reviewer, verdict.reason) == ("Ada", "customers mind")
    assert not verdict.toward_technology
    filled(path, {"Post invoices": ("augmentable", None, None)})
    with pytest.raises(InventoryError, match="needs a reviewer"):
        read_sheet(path, tasks)


def test_a_label_is_read_as_it_was_meant(tasks, tmp_path):
    export_sheet(tasks, weigh(tasks), tmp_path / "sheet.xlsx")
    for typed in (" Human-Essential ", "human essential"):
        filled(tmp_path / "sheet.xlsx", {"Answer odd questions": (typed, "Ada", "")})
        assert read_sheet(tmp_path / "sheet.xlsx", tasks).verdicts[0].label == "human-essential"


def test_a_step_toward_technology_needs_a_reason(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path, everything=True)
    answers = {
        "Console a mourner": ("augmentable", "Ada", "they write to us"),
        "Draft the report": ("human-essential", "Ada", None),
    }
    filled(path, answers)
    assert [verdict.toward_technology for verdict in read_sheet(path, tasks).verdicts] == [False, True]


def test_a_name_without_a_decision_is_told_with_its_row(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Post invoices": (None, "Ada", "not sure yet")})
    signed = read_sheet(path, tasks)
    assert (signed.verdicts, signed.undecided) == ([], [3])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (None, ""),
        (dt.date(2026, 11, 20), "2026-11-20"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20 00:00:00", "2026-11-20"),
        ("20.11.2026", None),
        ("last week", None),
    ],
)
def test_a_date_is_a_date_or_refused_with_its_row(tasks, tmp_path, typed, read):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("augmentable", "Ada", "")}, days={"Answer odd questions": typed})
    if read is None:
        with pytest.raises(InventoryError, match=r"row 2: .* is no date; write it like 2026-11-20"):
            read_sheet(path, tasks)
    else:
        assert read_sheet(path, tasks).verdicts[0].reviewed_on == read


def test_one_question_in_two_rows_is_settled_alike(csv_file, tmp_path):
    path = tmp_path / "sheet.xlsx"
    wordings = (("A", "Post it"), ("B", "post it."), ("B", "Sing"))
    rows = [((team, "clerk", text, 1), [0.45, 0.4, 0.15], "", True, "ok") for team, text in wordings]
    tasks = read_scored(scored_csv(csv_file, rows))
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Post it": ("augmentable", "Ada", "")})
    assert [verdict.reach for verdict in read_sheet(path, tasks).verdicts] == [2]
    filled(path, {"post it.": ("human-essential", "Bob", "")})
    with pytest.raises(InventoryError, match="row 3: row 2 holds the same task in the same role"):
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
    with pytest.raises(InventoryError, match="lacks id, reviewer"):
        read_sheet(csv_file("task,decision\nSing,augmentable\n", "plain.csv"), tasks)


def test_the_log_only_grows(tasks, tmp_path):
    path = tmp_path / "sheet.xlsx"
    export_sheet(tasks, weigh(tasks), path)
    filled(path, {"Answer odd questions": ("augmentable", "Ada", "")})
    log = log_beside(tmp_path / "decisions.csv")
    for _ in range(2):
        append_log(read_sheet(path, tasks).verdicts, log, sheet=path.name)
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
    verdict = read_sheet(saved / "sheet.xlsx", tasks).verdicts[0]
    assert (verdict.label, verdict.reviewer) == ("human-essential", "Ada")
    assert openpyxl.load_workbook(saved / "sheet.xlsx")["Review"].protection.sheet


def row_of(csv_file, task="Post", chances=(0.96, 0.03, 0.01), review=True, *label, role="clerk"):
    return read_scored(
        scored_csv(csv_file, [((role, task), list(chances), "", review, "ok", *label)], ("role", "task"))
    )


def test_the_queue_holds_each_row_once_and_with_all_the_rest_every_scored_row(tasks):
    found = [row for row, _ in queue(tasks, weigh(tasks), everything=True)]
    assert sorted(found) == [0, 1, 2, 3, 4, 5]
    assert found[: len(queue(tasks, weigh(tasks)))] == [row for row, _ in queue(tasks, weigh(tasks))]


def test_where_tasks_only_count_none_is_heavy(csv_file):
    tasks = row_of(csv_file, review=False)
    assert queue(tasks, weigh(tasks)) == []


def test_of_two_equally_unsure_the_heavier_comes_first(csv_file):
    rows = [((f"Task {at}", hours), [0.5, 0.3, 0.2], "", True, "ok") for at, hours in enumerate((1, 9, 4))]
    tasks = read_scored(scored_csv(csv_file, rows, ("task", "hours")))
    assert [row for row, _ in queue(tasks, weigh(tasks))] == [1, 2, 0]


def test_a_sheet_of_nothing_is_a_sheet(csv_file, tmp_path):
    tasks = row_of(csv_file, review=False)
    assert export_sheet(tasks, weigh(tasks), tmp_path / "s.xlsx") == 0
    signed = read_sheet(tmp_path / "s.xlsx", tasks)
    assert (signed.verdicts, signed.undecided) == ([], [])


@pytest.mark.parametrize(
    "task", ["=1+1", "@SUM(A1)", "<b>Post</b>", "https://example.com/x", "Prüfe 任務 😀", "0012", "x" * 40_000]
)
def test_any_task_comes_back_from_its_sheet_as_it_was(csv_file, tmp_path, task):
    tasks = row_of(csv_file, task)
    export_sheet(tasks, weigh(tasks), tmp_path / "s.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["Review"]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, at["task"]).value == task[:32_767]
    sheet.cell(2, at["decision"], "human-essential")
    sheet.cell(2, at["reviewer"], "Ada")
    sheet.parent.save(tmp_path / "signed.xlsx")
    (verdict,) = read_sheet(tmp_path / "signed.xlsx", tasks).verdicts
    assert (verdict.task, verdict.label, verdict.model_label) == (task, "human-essential", "automatable")
    assert not verdict.toward_technology


def test_a_decision_says_how_many_rows_it_reaches(csv_file, tmp_path):
    rows = [((role, "Post"), [0.5, 0.3, 0.2], "", True, "ok") for role in ("clerk", "Clerk", "nurse")]
    tasks = read_scored(scored_csv(csv_file, rows, ("role", "task")))
    export_sheet(tasks, weigh(tasks), tmp_path / "s.xlsx")
    signed = read_sheet(filled(tmp_path / "s.xlsx", {"Post": ("augmentable", "Ada", "")}), tasks)
    assert [verdict.reach for verdict in signed.verdicts] == [2, 2, 1]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("augmentable", "", ""), "row 2: a decision needs a reviewer; write who decided"),
        (("maybe", "Ada", ""), "row 2: 'maybe' is no label; choose one of automatable, augmentable, human-essential"),
        (("<script>", "Ada", ""), "row 2: '<script>' is no label"),
    ],
)
def test_a_refusal_names_the_row_and_what_to_do(csv_file, tmp_path, answer, message):
    tasks = row_of(csv_file)
    export_sheet(tasks, weigh(tasks), tmp_path / "s.xlsx")
    with pytest.raises(InventoryError, match=message):
        read_sheet(filled(tmp_path / "s.xlsx", {"Post": answer}), tasks)


def test_a_file_that_is_no_sheet_is_refused(tasks, csv_file):
    with pytest.raises(
        InventoryError, match="lacks id, decision, reviewer, date, reason: give a sheet that taskfit review"
    ):
        read_sheet(csv_file("task,hours\nPost,3\n", "other.csv"), tasks)


def test_a_sheet_that_cannot_be_written_is_said(tasks, tmp_path):
    with pytest.raises(OutputError):
        export_sheet(tasks, weigh(tasks), tmp_path / "no such folder" / "s.xlsx")


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        append_log([], tmp_path / "no such folder" / "d.log.jsonl", sheet="s.xlsx")


def test_the_log_keeps_every_word_and_the_sheet_it_came_from(tmp_path):
    path = log_beside(tmp_path / "d.csv")
    verdict = Verdict(0, "Prüfe\n任務", "clerk", "automatable", "augmentable", "Ädä", "2026-11-20", "so\tit is", 2)
    append_log([verdict, verdict], path, sheet="s.xlsx")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == 2
    assert lines[0].pop("at").endswith("+00:00")
    assert lines[0] == {"sheet": "s.xlsx", **asdict(verdict)}
