"""JSON Lines: what is no JSON Lines is named, what is written is valid."""

import codecs
import datetime
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import MISSING, open_inventory, open_writer

LINES = '{"task": "Käse prüfen", "n": 1}\n{"task": "Match", "n": 2}\n'


def read(path, **options):
    with open_inventory(path, **options) as inventory:
        return inventory.description, [row for chunk in inventory.chunks(2) for row in chunk]


def written(path, rows, columns):
    with open_writer(path, columns) as writer:
        writer.write(rows)
    return path.read_bytes()


@pytest.fixture
def lines(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "in.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_detected(lines, encoding):
    description, rows = read(lines(LINES, encoding))
    assert description.columns == ("task", "n")
    assert [row.cells for row in rows] == [("Käse prüfen", 1), ("Match", 2)]
    assert not description.warnings


def test_windows_text_is_read_with_a_warning(lines):
    description, rows = read(lines(LINES, "cp1252"))
    assert rows[0].cells[0] == "Käse prüfen"
    assert "read as Windows-1252" in description.warnings[0]


def test_a_named_encoding_wins_and_a_wrong_one_is_a_clear_error(lines):
    path = lines('{"task": "Łódź"}', "cp1250")
    assert read(path, encoding="cp1250")[1][0].cells == ("Łódź",)
    with pytest.raises(InventoryError, match=r"is not in that encoding.*--encoding"):
        read(path, encoding="utf-8")


def test_blank_lines_count_as_lines_and_not_as_rows(lines):
    _, rows = read(lines('\n{"task": "a"}\n\n  \n{"task": "b"}'))
    assert [(row.cells, row.line) for row in rows] == [(("a",), 2), (("b",), 5)]


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_only_a_line_feed_ends_a_line(lines, sign):
    text = json.dumps({"task": f"a{sign}b"}, ensure_ascii=False)
    assert read(lines(f"{text}\n{text}\n"))[1][1].line == 2


def test_windows_line_ends_are_no_part_of_a_value(lines):
    assert [row.cells for row in read(lines('{"task": "a"}\r\n{"task": "b"}\r\n'))[1]] == [("a",), ("b",)]


@pytest.mark.parametrize("content", ['[{"task": "a"}]', '[\n  {"task": "a"}\n]', ' [ {"task": "a"},\n{"task": "b"}]'])
def test_one_json_array_is_refused_with_the_way_out(lines, content):
    with pytest.raises(InventoryError, match=r"is one JSON array: write one object a line \(jq"):
        read(lines(content))


@pytest.mark.parametrize("value", ["1", '"task"', "null", "[1, 2]", "true"])
def test_what_is_no_object_is_named_with_its_line(lines, value):
    with pytest.raises(InventoryError, match="line 3: no JSON object"):
        read(lines('{"task": "a"}\n\n' + value + "\n"))


def test_an_object_without_keys_is_a_row_and_a_file_of_them_is_empty(lines):
    assert read(lines('{"task": "a"}\n{}\n'))[1][1].cells == (MISSING,)
    with pytest.raises(InventoryError, match="is empty"):
        read(lines("{}\n"))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], int),
        (["1", "2.5"], float),
        (["true", "null"], bool),
        (['"a"', "1"], str),
        (['{"a": 1}'], str),
        (["9007199254740993", "0.5"], str),
    ],
)
def test_the_type_of_a_column_is_that_of_all_its_cells(lines, cells, kind):
    description, _ = read(lines("".join(f'{{"n": {cell}}}\n' for cell in cells)))
    assert description.types == (kind,)


def test_a_chunk_may_be_of_one_row_and_the_last_one_short(lines):
    with open_inventory(lines('{"task": "a"}\n' * 5)) as inventory:
        assert [len(chunk) for chunk in inventory.chunks(2)] == [2, 2, 1]
        assert [len(chunk) for chunk in inventory.chunks(1)] == [1] * 5


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_written_as_null(tmp_path, value):
    assert written(tmp_path / "out.jsonl", [("a", value)], ["task", "n"]) == b'{"task": "a", "n": null}\n'


def test_half_a_character_is_written_as_an_escape_and_comes_back(tmp_path):
    content = written(tmp_path / "out.jsonl", [("a\ud83d",)], ["task"])
    assert content == b'{"task": "a\\ud83d"}\n'
    assert read(tmp_path / "out.jsonl")[1][0].cells == ("a\ud83d",)


def test_dates_and_bytes_are_written_as_text(tmp_path):
    row = (datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4), b"\x00\xff")
    assert json.loads(written(tmp_path / "out.jsonl", [row], ["day", "at", "key"])) == {
        "day": "2026-01-02",
        "at": "2026-01-02 03:04:00",
        "key": "AP8=",
    }


def test_two_columns_of_one_name_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(OutputError, match=r"several columns are called 'b'.*rename them, or write CSV"):
        open_writer(tmp_path / "out.jsonl", ["a", "b", "b"])
    assert list(tmp_path.iterdir()) == []


def test_no_byte_order_mark_is_written(tmp_path):
    assert not written(tmp_path / "out.jsonl", [("ä",)], ["task"]).startswith(codecs.BOM_UTF8)


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
records = st.dictionaries(st.text(max_size=4), values | st.lists(values, max_size=2), max_size=3)


@settings(max_examples=40)
@given(st.lists(records, min_size=1, max_size=5).filter(any))
def test_every_object_comes_back_with_its_keys_and_values(tmp_path_factory, objects):
    folder = tmp_path_factory.mktemp("jsonl", numbered=True)
    (folder / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in objects))
    description, rows = read(folder / "in.jsonl")
    content = written(folder / "out.jsonl", [row.cells for row in rows], description.columns)
    assert [json.loads(line) for line in content.splitlines()] == objects
