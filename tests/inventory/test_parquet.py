"""Parquet: types are kept, and made where another format knows them."""

import datetime
import json
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError
from taskfit.inventory import open_inventory, open_writer

DAY, MOMENT = datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4, 5)


def read(path):
    with open_inventory(path) as inventory:
        return inventory.description, [row for chunk in inventory.chunks(2) for row in chunk]


def copied(source, target, size=2, **types):
    """Copy an inventory as scoring does, with a column appended for each of the types."""
    with open_inventory(source) as inventory:
        columns = [*inventory.description.columns, *types]
        with open_writer(target, columns, template=inventory.description, types=types) as writer:
            for chunk in inventory.chunks(size):
                writer.write([(*row.cells, *(None for _ in types)) for row in chunk], chunk)
    return target


@pytest.fixture
def parquet(tmp_path):
    def make(table):
        pq.write_table(table, tmp_path / "in.parquet")
        return tmp_path / "in.parquet"

    return make


def test_columns_of_one_name_stay_apart(parquet, tmp_path):
    arrays = [pa.array(["Match", "Call"]), pa.array([1, 2], pa.int16()), pa.array([0.5, None])]
    table = pa.Table.from_arrays(arrays, names=["task", "n", "n"])
    copied(parquet(table), tmp_path / "out.parquet")
    description, rows = read(tmp_path / "out.parquet")
    assert description.columns == ("task", "n", "n")
    assert [row.cells for row in rows] == [("Match", 1, 0.5), ("Call", 2, None)]
    assert pq.read_schema(tmp_path / "out.parquet").types == table.schema.types


TYPED = pa.table(
    {
        "task": pa.array(["Match", "Käse ✓", None]),
        "small": pa.array([1, None, -3], pa.int8()),
        "big": pa.array([2**63 - 1, None, -(2**63)]),
        "unsigned": pa.array([2**64 - 1, 0, None], pa.uint64()),
        "single": pa.array([0.1, float("nan"), None], pa.float32()),
        "open": pa.array([True, False, None]),
        "day": pa.array([DAY, None, DAY]),
        "at": pa.array([MOMENT, None, MOMENT], pa.timestamp("ms", tz="Europe/Berlin")),
        "price": pa.array([Decimal("1.10"), None, Decimal("-2.00")], pa.decimal128(9, 2)),
        "key": pa.array([b"\x00\xff", None, b""]),
        "tags": pa.array([["a", "b"], [], None]),
        "owner": pa.array([{"id": 7}, None, {"id": None}]),
    }
).replace_schema_metadata({"made by": "them"})


@pytest.mark.parametrize("size", [1, 2, 100])
def test_every_type_and_the_metadata_are_kept_whatever_the_chunk(parquet, tmp_path, size):
    again = pq.read_table(copied(parquet(TYPED), tmp_path / "out.parquet", size, fit_review=bool))
    assert str(again.drop_columns(["fit_review"]).to_pylist()) == str(TYPED.to_pylist())
    assert [again.schema.field(name).type for name in TYPED.schema.names] == TYPED.schema.types
    assert again.schema.metadata[b"made by"] == b"them"
    assert again.schema.field("fit_review").type == pa.bool_()


def test_nested_values_and_bytes_become_text_where_there_are_only_texts(parquet, tmp_path):
    table = TYPED.select(["task", "key", "tags", "owner"]).slice(0, 1)
    for name in ("out.csv", "out.tsv"):
        _, rows = read(copied(parquet(table), tmp_path / name))
        assert rows[0].cells == ("Match", "AP8=", '["a", "b"]', '{"id": 7}')


def test_nested_values_stay_nested_in_json(parquet, tmp_path):
    table = TYPED.select(["task", "key", "tags", "owner", "day"]).slice(0, 1)
    line = copied(parquet(table), tmp_path / "out.jsonl").read_text()
    assert json.loads(line) == {
        "task": "Match", "key": "AP8=", "tags": ["a", "b"], "owner": {"id": 7}, "day": "2026-01-02",
    }  # fmt: skip


def test_big_numbers_and_zoned_times_are_text_in_a_workbook(parquet, tmp_path):
    table = TYPED.select(["big", "unsigned", "at", "single"]).slice(0, 2)
    copied(parquet(table), tmp_path / "out.xlsx")
    first, second = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2, values_only=True)
    assert first[:3] == (str(2**63 - 1), str(2**64 - 1), "2026-01-02 04:04:05+01:00")
    assert second == (None, 0, None, "nan")


def test_a_workbook_becomes_parquet_with_its_types(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["task", "n", "share", "open", "mixed", "none"],
        ["Match", 1, 0.5, True, "x"],
        ["Call", None, 2, False, 7],
    ):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    table = pq.read_table(copied(tmp_path / "in.xlsx", tmp_path / "out.parquet", fit_confidence=float))
    assert [str(kind) for kind in table.schema.types] == [
        "string", "int64", "double", "bool", "string", "string", "double",
    ]  # fmt: skip
    assert table.column("n").to_pylist() == [1, None]
    assert table.column("share").to_pylist() == [0.5, 2.0]
    assert table.column("mixed").to_pylist() == ["x", "7"]


def test_json_lines_become_parquet_with_their_types(tmp_path):
    (tmp_path / "in.jsonl").write_text(
        '{"task": "Match", "n": 9007199254740993, "x": 1, "open": true, '
        '"owner": {"id": 7}, "odd": 18446744073709551616}\n'
        '{"task": "Call\\ud83d", "x": 0.5, "open": null, "owner": null}\n'
    )
    table = pq.read_table(copied(tmp_path / "in.jsonl", tmp_path / "out.parquet"))
    assert [str(kind) for kind in table.schema.types] == ["string", "int64", "double", "bool", "string", "string"]
    assert table.to_pylist() == [
        {"task": "Match", "n": 2**53 + 1, "x": 1.0, "open": True, "owner": '{"id": 7}', "odd": str(2**64)},
        {"task": "Call\ufffd", "n": None, "x": 0.5, "open": None, "owner": None, "odd": None},
    ]


def test_delimited_text_stays_text(tmp_path):
    (tmp_path / "in.csv").write_text("task,code\nMatch,007\nCall,\n")
    table = pq.read_table(copied(tmp_path / "in.csv", tmp_path / "out.parquet", fit_label=str))
    assert table.to_pylist() == [
        {"task": "Match", "code": "007", "fit_label": None},
        {"task": "Call", "code": "", "fit_label": None},
    ]


def test_a_value_of_another_type_than_its_column_is_an_error_and_leaves_nothing(tmp_path):
    def write():
        with open_writer(tmp_path / "out.parquet", ["x"], types={"x": float}) as writer:
            writer.write([("no number",)])

    with pytest.raises(ValueError, match="no number"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_no_rows_at_all_keep_the_columns_and_types(parquet, tmp_path):
    again = pq.read_table(copied(parquet(TYPED.slice(0, 0)), tmp_path / "out.parquet", fit_label=str))
    assert again.num_rows == 0
    assert again.schema.types == [*TYPED.schema.types, pa.string()]


def test_rows_count_from_one(parquet):
    assert [row.line for row in read(parquet(pa.table({"task": ["a", "b", "c"]})))[1]] == [1, 2, 3]


def test_a_file_cut_short_is_refused(parquet):
    path = parquet(pa.table({"task": ["a"] * 1000}))
    content = path.read_bytes()
    for end in (4, 8, 11, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:end])
        with pytest.raises(InventoryError, match=r"no readable Parquet file.*write it again"):
            read(path)


def test_a_page_that_is_damaged_is_refused_with_the_row(parquet):
    path = parquet(pa.table({"task": [f"task number {number}" for number in range(1000)]}))
    content = bytearray(path.read_bytes())
    content[20:400] = bytes(380)
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=r"is damaged after row 0 .*write it again"):
        read(path)


rows = st.lists(
    st.tuples(st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.booleans()),
    min_size=1,
    max_size=9,
)


@settings(max_examples=30)
@given(rows, st.integers(1, 4))
def test_every_row_comes_back_in_order(tmp_path_factory, rows, size):
    folder = tmp_path_factory.mktemp("parquet")
    columns = {"task": pa.string(), "n": pa.int64(), "open": pa.bool_()}
    arrays = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), columns.values(), strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, names=list(columns)), folder / "in.parquet")
    copied(folder / "in.parquet", folder / "out.parquet", size, fit_label=str)
    assert [row.cells for row in read(folder / "out.parquet")[1]] == [(*row, None) for row in rows]


def test_days_and_moments_of_a_workbook_stay_so_in_parquet(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["task", "n", "share", "open", "day", "at", "mixed", "none"],
        ["Match", 1, 0.5, True, DAY, MOMENT, "x"],
        ["Call", None, 2, False, None, None, 7],
    ):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    table = pq.read_table(copied(tmp_path / "in.xlsx", tmp_path / "out.parquet", fit_confidence=float))
    assert [str(kind) for kind in table.schema.types] == [
        "string", "int64", "double", "bool", "date32[day]", "timestamp[us]", "string", "string", "double",
    ]  # fmt: skip
    assert table.column("n").to_pylist() == [1, None]
    assert table.column("share").to_pylist() == [0.5, 2.0]
    assert table.column("day").to_pylist() == [DAY, None]
    assert table.column("at").to_pylist() == [MOMENT, None]
    assert table.column("mixed").to_pylist() == ["x", "7"]
