"""Parquet, JSON Lines and workbooks, and every round trip between formats."""

import datetime
import gzip
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import MISSING, open_inventory, open_writer

COLUMNS = ["task", "owner", "fit_label", "fit_confidence", "fit_review"]
TYPES = {"fit_label": str, "fit_confidence": float, "fit_review": bool}
ROWS = [("Match invoices", "Zoë", "automatable", 0.9, False), ("Prüfen, sagen", "NA", "", None, True)]


def read(path, **options):
    with open_inventory(path, **options) as inventory:
        return inventory.description, [row.cells for chunk in inventory.chunks(2) for row in chunk]


def write(path, rows=ROWS, columns=COLUMNS, **options):
    with open_writer(path, columns, types=TYPES, **options) as writer:
        writer.write(rows[:1])
        writer.write(rows[1:])
    return path


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz", ".tsv.gz"])
def test_delimited_text_comes_back_as_text(tmp_path, suffix):
    _, rows = read(write(tmp_path / f"out{suffix}"))
    assert rows == [("Match invoices", "Zoë", "automatable", "0.9", "false"), ("Prüfen, sagen", "NA", "", "", "true")]


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".jsonl.gz", ".parquet"])
def test_typed_formats_come_back_with_their_types(tmp_path, suffix):
    assert read(write(tmp_path / f"out{suffix}"))[1] == ROWS


def test_a_workbook_comes_back_with_its_types(tmp_path):
    _, rows = read(write(tmp_path / "out.xlsx"))
    assert rows == [("Match invoices", "Zoë", "automatable", 0.9, False), ("Prüfen, sagen", "NA", "", "", True)]


def test_the_same_rows_give_the_same_compressed_bytes(tmp_path):
    first, second = write(tmp_path / "a.csv.gz"), write(tmp_path / "b.csv.gz")
    assert first.read_bytes() == second.read_bytes()


def test_parquet_keeps_the_types_of_a_parquet_source(tmp_path):
    table = pa.table(
        {
            "task": ["Match", None],
            "hours": pa.array([1, 2], pa.int16()),
            "day": pa.array([datetime.date(2026, 1, 2), None]),
            "tags": [["a"], []],
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    with open_inventory(tmp_path / "in.parquet") as inventory:
        columns = [*inventory.description.columns, "fit_review"]
        with open_writer(tmp_path / "out.parquet", columns, template=inventory.description, types=TYPES) as writer:
            for chunk in inventory.chunks(1):
                writer.write([(*row.cells, True) for row in chunk], chunk)
    again = pq.read_table(tmp_path / "out.parquet")
    assert again.drop_columns(["fit_review"]).equals(table)
    assert again.schema.field("fit_review").type == pa.bool_()


def test_parquet_types_survive_as_csv_text(tmp_path):
    pq.write_table(pa.table({"task": ["Match"], "hours": [1.5], "open": [True]}), tmp_path / "in.parquet")
    _, rows = read(tmp_path / "in.parquet")
    write(tmp_path / "out.csv", rows, ["task", "hours", "open"])
    assert read(tmp_path / "out.csv")[1] == [("Match", "1.5", "true")]


def test_jsonl_columns_are_all_keys_in_order_of_appearance(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"task": "Match", "n": 1}\n\n{"owner": {"id": 7}, "task": "Call"}\n')
    description, rows = read(path)
    assert description.columns == ("task", "n", "owner")
    assert rows == [("Match", 1, MISSING), ("Call", MISSING, {"id": 7})]


def test_jsonl_rows_do_not_gain_keys_on_the_way(tmp_path):
    path = tmp_path / "in.jsonl"
    lines = ['{"task": "Match", "n": 1}', '{"task": "Call", "owner": null}']
    path.write_text("\n".join(lines))
    description, rows = read(path)
    write(tmp_path / "out.jsonl", rows, description.columns)
    assert (tmp_path / "out.jsonl").read_text().splitlines() == lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"task": "a"}\n{"task": \n', "line 2: no valid JSON"),
        ('{"task": "a"}\n["task"]\n', "line 2: no JSON object"),
        ("[" * 100_000, "line 1: no valid JSON"),
        ("\n\n", "is empty"),
        ("", "is empty"),
    ],
)
def test_bad_json_lines_are_named(tmp_path, content, message):
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(InventoryError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("suffix", "message"), [(".parquet", "no readable Parquet"), (".xlsx", "no readable workbook")]
)
@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04rubbish", b"PAR1rubbishPAR1"])
def test_a_damaged_file_is_a_clear_error(tmp_path, suffix, message, content):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=message):
        read(path)


@pytest.fixture
def workbook(tmp_path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing", "here"])
    page = book.create_sheet("Inventory")
    page.append(["Task", "Hours", "From"])
    page.append(["Match invoices", 3, datetime.date(2026, 1, 2)])
    page.append([None, 1.5, None])
    page.append(["=1+1", None, None])
    page["A9"] = ""
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_a_named_sheet_is_read_with_its_types(workbook):
    description, rows = read(workbook, sheet="Inventory")
    assert description.sheet == "Inventory"
    assert description.columns == ("Task", "Hours", "From")
    assert rows[0] == ("Match invoices", 3, datetime.date(2026, 1, 2))
    assert rows[1] == ("", 1.5, "")


def test_the_first_sheet_is_the_default_and_the_others_are_told(workbook):
    description, _ = read(workbook)
    assert description.sheet == "Notes"
    assert "Inventory" in description.warnings[0]


def test_an_unknown_sheet_lists_the_known_ones(workbook):
    with pytest.raises(InventoryError, match="it has Notes, Inventory"):
        read(workbook, sheet="Gone")


def test_an_empty_sheet_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(InventoryError, match="is empty"):
        read(tmp_path / "empty.xlsx")


HOSTILE = ["=CMD()", "+1+1", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    write(tmp_path / "out.xlsx", [(text,) for text in HOSTILE], ["task"])
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(HOSTILE)
    assert [cell.hyperlink for cell in cells] == [None] * len(HOSTILE)


def test_excel_text_cannot_run_and_numbers_stay(tmp_path):
    write(tmp_path / "out.csv", [(text,) for text in [*HOSTILE, "-3.5", "+7", "a=b"]], ["task"], excel=True)
    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"a=b\r\n")
    _, rows = read(tmp_path / "out.csv")
    assert [cell for (cell,) in rows] == [*("'" + text for text in HOSTILE), "-3.5", "+7", "a=b"]


def test_what_a_workbook_cannot_hold_is_replaced_or_refused(tmp_path):
    write(tmp_path / "out.xlsx", [("Match\x00\x0b",)], ["task"])
    assert read(tmp_path / "out.xlsx")[1] == [("Match\ufffd\ufffd",)]
    with pytest.raises(OutputError, match="32,767"):
        write(tmp_path / "long.xlsx", [("x" * 40_000,)], ["task"])
    assert not (tmp_path / "long.xlsx").exists()


def write_all(path, rows):
    with open_writer(path, COLUMNS, types=TYPES) as writer:
        writer.write(rows)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".csv.gz"])
class TestAtomicWriting:
    def test_an_error_on_the_way_leaves_the_old_file(self, tmp_path, suffix):
        def rows():
            yield from ROWS
            raise RuntimeError("stop")

        target = tmp_path / f"out{suffix}"
        target.write_text("old")
        with pytest.raises(RuntimeError, match="stop"):
            write_all(target, rows())
        assert target.read_text() == "old"
        assert list(tmp_path.iterdir()) == [target]

    def test_success_replaces_the_old_file(self, tmp_path, suffix):
        target = tmp_path / f"out{suffix}"
        target.write_text("old")
        write(target)
        assert target.read_bytes() != b"old"
        assert list(tmp_path.iterdir()) == [target]

    def test_no_rows_are_a_file_with_a_header(self, tmp_path, suffix):
        target = tmp_path / f"out{suffix}"
        with open_writer(target, COLUMNS, types=TYPES):
            pass
        if suffix != ".jsonl":  # where an empty file says it all
            assert read(target)[0].columns == tuple(COLUMNS)

    def test_a_folder_and_a_missing_folder_are_clear_errors(self, tmp_path, suffix):
        with pytest.raises(OutputError, match="cannot write"):
            write(tmp_path / "gone" / f"out{suffix}")
        (tmp_path / f"folder{suffix}").mkdir()
        with pytest.raises(OutputError, match="is a folder"):
            write(tmp_path / f"folder{suffix}")

    def test_a_full_disk_is_a_clear_error_and_leaves_nothing(self, tmp_path, suffix, monkeypatch):
        def full(self, path):
            self.temporary = str(path) + ".part"
            Path(self.temporary).touch()
            return Path("/dev/full").open("wb")

        monkeypatch.setattr("taskfit.inventory.atomic.AtomicFile._open_temporary", full)
        # Random text, so that compression cannot squeeze it into a buffer.
        import random

        noise = random.Random(0)
        rows = [("".join(chr(noise.randrange(33, 126)) for _ in range(3000)), "", "", 0.5, True) for _ in range(300)]
        with pytest.raises(OutputError, match="No space left on device"):
            write(tmp_path / f"out{suffix}", rows)
        assert list(tmp_path.iterdir()) == []


def test_a_new_file_has_ordinary_rights(tmp_path):
    assert write(tmp_path / "out.csv").stat().st_mode & 0o444 == 0o444


def test_compressing_what_is_compressed_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"leave \.gz out"):
        open_writer(tmp_path / "out.parquet.gz", COLUMNS)


def test_an_unknown_output_suffix_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"--format"):
        open_writer(tmp_path / "out.doc", COLUMNS)


def test_a_gzipped_jsonl_is_ordinary_gzip(tmp_path):
    write(tmp_path / "out.jsonl.gz")
    lines = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).decode().splitlines()
    assert json.loads(lines[0])["task"] == "Match invoices"
