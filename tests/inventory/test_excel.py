"""Workbooks: never a wrong number or date, never a row that is lost without a word."""

import datetime
import math
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import MISSING, open_inventory, open_writer
from taskfit.inventory.values import EXACT

UTC = datetime.UTC
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5)


def read(path, **options):
    with open_inventory(path, **options) as inventory:
        return inventory.description, [row for chunk in inventory.chunks(2) for row in chunk]


def written(path, rows, columns=("value",), **options):
    with open_writer(path, list(columns), **options) as writer:
        writer.write(rows)
    return path


def cells(path):
    return [row[0].value for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]


@pytest.fixture
def book(tmp_path):
    """Make a workbook of sheets, each a list of rows."""

    def make(*sheets, names=()):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets):
            page = book.create_sheet(names[number] if names else f"Sheet {number + 1}")
            for line, row in enumerate(rows, start=1):
                for place, value in enumerate(row, start=1):
                    page.cell(line, place, value)
        book.save(tmp_path / "in.xlsx")
        return tmp_path / "in.xlsx"

    return make


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (EXACT - 1, EXACT - 1),
        (-EXACT + 1, -EXACT + 1),
        (EXACT + 1, str(EXACT + 1)),
        (-(10**20), str(-(10**20))),
        (1.5, 1.5),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (True, True),
        (MOMENT, MOMENT),
        (MOMENT.replace(tzinfo=UTC), "2026-01-02 03:04:05+00:00"),
        (datetime.datetime(1899, 12, 31), "1899-12-31 00:00:00"),
        (datetime.date(1899, 12, 31), "1899-12-31"),
        (datetime.date(1900, 2, 28), "1900-02-28"),  # Excel believes in 29 February 1900, and counts wrong before it
        (datetime.date(1, 1, 1), "0001-01-01"),
        (datetime.date(1900, 3, 1), datetime.datetime(1900, 3, 1)),
        (datetime.date(9999, 12, 31), datetime.datetime(9999, 12, 31)),
        (datetime.time(3, 4, 5), datetime.time(3, 4, 5)),
        (datetime.time(3, 4, 5, tzinfo=UTC), "03:04:05+00:00"),
        (datetime.timedelta(hours=30), datetime.timedelta(hours=30)),
        (datetime.timedelta(hours=-1), "-1 day, 23:00:00"),
        ({"id": 7, "x": math.nan}, '{"id": 7, "x": null}'),
        ([1, "é"], '[1, "é"]'),
        (b"\x00\xff", "AP8="),
        ("", None),
        (None, None),
        (MISSING, None),
        ("007", "007"),
        ("1e5", "1e5"),
        ("2026-01-02", "2026-01-02"),
        ("http://example.org/x", "http://example.org/x"),
        ("{=SUM(A1)}", "{=SUM(A1)}"),
    ],
    ids=repr,
)
def test_a_cell_is_what_it_was_or_its_text_and_never_another_value(tmp_path, value, kept):
    assert cells(written(tmp_path / "out.xlsx", [(value,), ("end",)])) == [kept, "end"]


def test_what_xml_cannot_hold_is_replaced_in_names_and_cells(tmp_path):
    written(tmp_path / "out.xlsx", [("a\ud83d\uffff\x1b",)], ["na\x01me"])
    description, rows = read(tmp_path / "out.xlsx")
    assert description.columns == ("na\ufffdme",)
    assert rows[0].cells == ("a\ufffd\ufffd\ufffd",)


def test_the_longest_cell_fits_and_one_character_more_is_named_with_its_row(tmp_path):
    assert len(cells(written(tmp_path / "fits.xlsx", [("x" * 32_767,)]))[0]) == 32_767
    with pytest.raises(OutputError, match=r"row 3 has a cell of 32,768 characters.*write CSV or Parquet"):
        written(tmp_path / "long.xlsx", [("short",), ("x" * 32_768,)])
    assert not (tmp_path / "long.xlsx").exists()


def test_more_columns_than_a_sheet_has_are_refused(tmp_path):
    with pytest.raises(OutputError, match=r"16,384 columns, these are 16,385; write CSV or Parquet"):
        open_writer(tmp_path / "out.xlsx", ["c"] * 16_385)


def test_more_rows_than_a_sheet_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("taskfit.inventory.excel._MAX_ROWS", 3)
    assert cells(written(tmp_path / "fits.xlsx", [("a",), ("b",)])) == ["a", "b"]
    with pytest.raises(OutputError, match="a sheet holds 3 rows; write CSV or Parquet"):
        written(tmp_path / "out.xlsx", [("a",), ("b",), ("c",)])
    assert [path.name for path in tmp_path.iterdir()] == ["fits.xlsx"]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = [("Match", 1, MOMENT), ("Call", 2.5, None)]
    first, second = (written(tmp_path / name, rows, ["a", "b", "c"]).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_the_header_stays_in_sight_and_can_be_filtered(tmp_path):
    page = openpyxl.load_workbook(written(tmp_path / "out.xlsx", [("a", 1), ("b", 2)], ["x", "y"])).active
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"


def test_columns_of_one_name_stay_two(tmp_path):
    description, rows = read(written(tmp_path / "out.xlsx", [(1, 2)], ["a", "a"]))
    assert description.columns == ("a", "a")
    assert rows[0].cells == (1, 2)


def test_for_excel_text_gets_an_apostrophe_and_numbers_do_not(tmp_path):
    rows = [("=1+1",), (-1.5,), ("-1.5",), ("plain",)]
    assert cells(written(tmp_path / "out.xlsx", rows, excel=True)) == ["'=1+1", -1.5, "-1.5", "plain"]


def test_temporary_files_that_find_no_room_are_told_apart_from_the_target(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match=r"no room in the folder for temporary files .*set TMPDIR"):
        written(tmp_path / "out.xlsx", [("a",)])
    assert list(tmp_path.iterdir()) == []


def test_error_cells_are_read_as_empty_and_told(book):
    path = book([["task", "n"], ["Match", "#DIV/0!"], ["Call", "#N/A"], ["Post", 3]])
    description, rows = read(path)
    assert [row.cells[1] for row in rows] == ["", "", 3]
    assert "cells with an error such as #DIV/0!, read as empty: 2" in description.warnings[0]


def test_formulas_that_nobody_computed_are_read_as_empty_and_told(book):
    description, rows = read(book([["task", "n"], ["Match", "=1+1"], ["Call", 2]]))
    assert [row.cells for row in rows] == [("Match", ""), ("Call", 2)]
    assert "formulas without a value yet, read as empty: 1; open the workbook and save it" in description.warnings[0]


def test_text_that_speaks_of_errors_and_formulas_is_no_reason_to_warn(book):
    assert read(book([["task"], ["Explain what #DIV/0! means"], ['Look for t="e" and <f in XML']]))[0].warnings == ()


def test_the_warning_is_about_the_sheet_that_is_read(book):
    path = book([["task"], ["Match"]], [["task"], ["=1+1"]], names=["Fine & <dandy>", "Not"])
    assert not any("formulas" in warning for warning in read(path, sheet="Fine & <dandy>")[0].warnings)
    assert "sheet 'Not', formulas" in read(path, sheet="Not")[0].warnings[0]


def test_numbers_as_column_names_read_as_people_write_them(book):
    assert read(book([["task", 2026, 1.5], ["Match", 1, 2]]))[0].columns == ("task", "2026", "1.5")


def test_blank_rows_on_top_are_passed_over_and_lines_still_count(book):
    description, rows = read(book([[], [None, None], ["task", "n"], ["Match", 1], [], ["Call", 2]]))
    assert description.columns == ("task", "n")
    assert [(row.cells, row.line) for row in rows] == [(("Match", 1), 4), (("", ""), 5), (("Call", 2), 6)]


def test_a_blank_column_on_the_left_stays_in_its_place(book):
    description, rows = read(book([[None, "task"], [None, "Match"]]))
    assert description.columns == ("", "task")
    assert rows[0].cells == ("", "Match")


def test_an_empty_first_sheet_is_passed_over_with_a_word(book):
    description, rows = read(book([], [["task"], ["Match"]], names=["Cover", "Data"]))
    assert description.sheet == "Data"
    assert rows[0].cells == ("Match",)
    assert "only 'Data', the first sheet with rows, is read" in description.warnings[0]


def test_an_empty_sheet_that_was_asked_for_is_refused(book):
    with pytest.raises(InventoryError, match="sheet 'Cover', is empty: it needs a first row with column names"):
        read(book([], [["task"], ["Match"]], names=["Cover", "Data"]), sheet="Cover")


def test_rows_of_blanks_at_the_end_are_dropped_and_inside_kept(book):
    _, rows = read(book([["task"], ["Match"], [], ["Call"], [" "], [" "]]))
    assert [row.cells for row in rows] == [("Match",), ("",), ("Call",)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], int),
        ([1, 2.5], float),
        ([True, None], bool),
        ([datetime.date(2026, 1, 2)], datetime.date),
        ([MOMENT], datetime.datetime),
        ([1, "x"], str),
        ([], str),
    ],
)
def test_the_type_of_a_column_is_that_of_all_its_cells(book, values, kind):
    assert read(book([["task", "n"], ["Match"], *(["Call", value] for value in values)]))[0].types == (str, kind)


def test_xlsx_text_keeps_its_blanks_and_letters(book):
    texts = [" Käse ", "zwei\nZeilen", "✓ 漢字 😀", "NA", "TRUE", "0012"]
    assert [row.cells[0] for row in read(book([["task"], *([text] for text in texts)]))[1]] == texts


plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text.strip() and "_x" not in text
)
numbers = st.integers(-EXACT + 1, EXACT - 1) | st.booleans() | st.floats(-1e9, 1e9).map(lambda n: round(n, 3))


@settings(max_examples=30)
@given(st.lists(st.tuples(plain, numbers), min_size=1, max_size=6))
def test_every_row_of_a_workbook_comes_back_in_order(tmp_path_factory, rows):
    path = written(tmp_path_factory.mktemp("book") / "out.xlsx", rows, ["task", "n"])
    assert [row.cells for row in read(path)[1]] == rows
