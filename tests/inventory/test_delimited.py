import datetime
import io
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError
from taskfit.inventory import MISSING, open_inventory, open_writer
from taskfit.inventory.delimited import safe_cell


def read(path, **options):
    with open_inventory(path, **options) as inventory:
        return inventory.description, [row for chunk in inventory.chunks(3) for row in chunk]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(csv_file, delimiter):
    lines = [("task", "hours", "note"), ("Match invoices", "3", "a, b; c"), ("Call | chase", "4", "d")]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    description, rows = read(csv_file(text))
    assert description.delimiter == delimiter
    assert [row.cells for row in rows] == lines[1:]


def test_commas_inside_tasks_do_not_fool_the_delimiter(csv_file):
    text = "task;hours\nMatch, post and file;3\nCall, chase, close;4\nWait, then go, or not;5\n"
    description, rows = read(csv_file(text))
    assert description.delimiter == ";"
    assert rows[0].cells == ("Match, post and file", "3")


def test_a_single_column_is_an_ordinary_inventory(csv_file):
    _, rows = read(csv_file("task\nMatch invoices\nCall customers\n"))
    assert [row.cells for row in rows] == [("Match invoices",), ("Call customers",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_detected(csv_file, encoding):
    description, rows = read(csv_file("task,owner\nKäse prüfen,Zoë\n", encoding=encoding))
    assert description.columns == ("task", "owner")
    assert rows[0].cells == ("Käse prüfen", "Zoë")
    assert not description.warnings


def test_windows_text_is_read_with_a_warning_that_names_the_byte(csv_file):
    description, rows = read(csv_file("task,owner\nKäse prüfen,Zoë\n", encoding="cp1252"))
    assert rows[0].cells == ("Käse prüfen", "Zoë")
    assert description.encoding == "cp1252"
    assert "byte 12, line 2" in description.warnings[0]


def test_mixed_encodings_are_refused_with_the_place(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_bytes("task\nKäse\n".encode() + "prüfen\n".encode("cp1252"))
    with pytest.raises(InventoryError, match=r"mixed encodings.*line 3.*--encoding"):
        read(path)


def test_a_late_stray_byte_is_found_beyond_the_first_block(tmp_path):
    path = tmp_path / "late.csv"
    path.write_bytes(b"task\n" + b"match invoices\n" * 150_000 + b"pr\xfcfen\n")
    description, rows = read(path)
    assert description.encoding == "cp1252"
    assert "line 150,002" in description.warnings[0]
    assert rows[-1].cells == ("prüfen",)


def test_a_letter_cut_in_two_by_a_block_is_still_utf8(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_bytes(b"task\n" + b"x" * ((1 << 20) - 6) + "é".encode() + b"\n")
    assert read(path)[0].encoding == "utf-8"


def test_a_named_encoding_wins(csv_file):
    _, rows = read(csv_file("task\nŁódź\n", encoding="cp1250"), encoding="cp1250")
    assert rows[0].cells == ("Łódź",)


def test_an_unknown_encoding_is_named(csv_file):
    with pytest.raises(InventoryError, match="'klingon'"):
        read(csv_file("task\na\n"), encoding="klingon")


def test_a_wrong_named_encoding_is_a_clear_error(csv_file):
    with pytest.raises(InventoryError, match="--encoding"):
        read(csv_file("task\nprüfen\n", encoding="cp1252"), encoding="utf-8")


@pytest.mark.parametrize("value", ["NA", "None", "null", "nan", "N/A", "", " ", "007", "1e5", "TRUE", "=1+1"])
def test_values_come_back_as_the_exact_strings(csv_file, value):
    _, rows = read(csv_file(f"task,code\nMatch invoices,{value}\n"))
    assert rows[0].cells == ("Match invoices", value)


def test_line_breaks_and_quotes_inside_a_field_are_kept(csv_file):
    _, rows = read(csv_file('task,n\n"Match ""open""\r\ninvoices",1\nCall,2\n'))
    assert rows[0].cells == ('Match "open"\r\ninvoices', "1")
    assert [row.line for row in rows] == [2, 4]


def test_a_short_row_is_filled_up_and_flagged(csv_file):
    _, rows = read(csv_file("task,a,b\nMatch\nCall,1,2\n"))
    assert rows[0].cells == ("Match", "", "")
    assert rows[0].problem == "1 of 3 fields"
    assert rows[1].problem is None


def test_surplus_fields_are_flagged_and_not_lost(csv_file):
    _, rows = read(csv_file("task,a\nMatch, post, file,1\nCall,2\n"))
    assert rows[0].cells == ("Match", " post")
    assert "4 fields where the header has 2" in rows[0].problem
    assert "' file', '1'" in rows[0].problem


def test_empty_surplus_fields_are_what_spreadsheets_leave(csv_file):
    _, rows = read(csv_file("task,a\nMatch,1,,,\n"))
    assert rows[0].cells == ("Match", "1")
    assert rows[0].problem is None


def test_blank_lines_inside_count_and_at_the_end_do_not(csv_file):
    _, rows = read(csv_file("task,a\nMatch,1\n\nCall,2\n\n\n"))
    assert [row.cells for row in rows] == [("Match", "1"), ("", ""), ("Call", "2")]


def test_header_only_is_an_inventory_without_rows(csv_file):
    description, rows = read(csv_file("task,a\n"))
    assert description.columns == ("task", "a")
    assert rows == []


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(InventoryError, match="is empty: it needs a header"):
        read(path)


def test_an_unclosed_quote_names_its_line(csv_file):
    with pytest.raises(InventoryError, match=r"line 3: a quote is opened in this row and never closed"):
        read(csv_file('task,a\nMatch,1\n"Call,2\nPost,3\n'))


def test_a_nul_byte_stays_in_its_cell(tmp_path):
    path = tmp_path / "nul.csv"
    path.write_bytes(b"task,a\nMatch\x00 invoices,1\n")
    assert read(path)[1][0].cells == ("Match\x00 invoices", "1")


def test_a_cell_of_a_megabyte_is_read_and_the_global_limit_restored(csv_file):
    import csv

    before = csv.field_size_limit()
    _, rows = read(csv_file("task,a\n" + "x" * 1_100_000 + ",1\n"))
    assert len(rows[0].cells[0]) == 1_100_000
    assert csv.field_size_limit() == before


def test_columns_of_the_same_name_are_told(csv_file):
    assert "several columns called 'a'" in read(csv_file("task,a,a\nx y,1,2\n"))[0].warnings[0]


def test_chunks_hold_at_most_the_asked_size(csv_file):
    with open_inventory(csv_file("task\n" + "Match\n" * 10)) as inventory:
        assert [len(chunk) for chunk in inventory.chunks(4)] == [4, 4, 2]


def test_stdin_is_read(monkeypatch):
    class Stdin:
        buffer = io.BytesIO("task;a\nPrüfen;1\n".encode("utf-16"))

    monkeypatch.setattr(sys, "stdin", Stdin)
    description, rows = read("-")
    assert description.name == "stdin"
    assert rows[0].cells == ("Prüfen", "1")


def test_gzip_is_unpacked_by_its_content(tmp_path):
    import gzip

    path = tmp_path / "tasks.csv.gz"
    path.write_bytes(gzip.compress(b"task,a\nMatch,1\n"))
    assert read(path)[1][0].cells == ("Match", "1")


def test_a_broken_gzip_is_a_clear_error(tmp_path):
    import gzip

    path = tmp_path / "tasks.csv.gz"
    path.write_bytes(gzip.compress(b"task,a\n" + b"Match,1\n" * 1000)[:-20])
    with pytest.raises(InventoryError, match="no readable gzip"):
        read(path)


def test_a_missing_file_a_folder_and_an_unknown_suffix_are_clear_errors(tmp_path):
    with pytest.raises(InventoryError, match="no file"):
        read(tmp_path / "gone.csv")
    with pytest.raises(InventoryError, match="is a folder"):
        read(tmp_path)
    (tmp_path / "tasks.pdf").write_bytes(b"%PDF")
    with pytest.raises(InventoryError, match=r"unknown suffix.*--input-format"):
        read(tmp_path / "tasks.pdf")
    with pytest.raises(InventoryError, match="no format 'word'"):
        read(tmp_path / "tasks.pdf", format="word")


def test_a_delimiter_of_two_characters_is_refused(csv_file):
    with pytest.raises(InventoryError, match="one character"):
        read(csv_file("task\na\n"), delimiter="||")


def copied(source, target, **options):
    """Copy an inventory; return the cells that a second reading finds."""
    with open_inventory(source) as inventory:
        columns = inventory.description.columns
        with open_writer(target, columns, **options) as writer:
            for chunk in inventory.chunks(2):
                writer.write([row.cells for row in chunk], chunk)
    description, rows = read(target)
    return description.columns, [row.cells for row in rows]


@pytest.mark.parametrize("name", ["out.csv", "out.tsv"])
@pytest.mark.parametrize("excel", [False, True])
def test_a_lone_carriage_return_stays_in_its_cell(tmp_path, name, excel):
    rows = [("Match\rinvoices", "1"), ("Call", "2\r"), ("a\r\n", "\n")]
    with open_writer(tmp_path / name, ["ta\rsk", "n"], excel=excel) as writer:
        writer.write(rows)
    assert b'"Match\rinvoices"' in (tmp_path / name).read_bytes()
    description, again = read(tmp_path / name)
    assert description.columns == ("ta\rsk", "n")
    assert [row.cells for row in again] == rows


@pytest.mark.parametrize(("excel", "end"), [(False, b"\n"), (True, b"\r\n")])
def test_lines_end_as_they_should_and_in_one_way(tmp_path, excel, end):
    with open_writer(tmp_path / "out.csv", ["task", "n"], excel=excel) as writer:
        writer.write([("a", 1), ("b", 2)])
    mark = b"\xef\xbb\xbf" if excel else b""
    assert (tmp_path / "out.csv").read_bytes() == mark + end.join([b"task,n", b"a,1", b"b,2", b""])


def test_half_a_character_is_replaced_and_the_file_stays_utf8(tmp_path):
    with open_writer(tmp_path / "out.csv", ["task", "n"]) as writer:
        writer.write([("a\ud83d", "é"), ("b", "✓")])
    assert (tmp_path / "out.csv").read_text("utf-8") == "task,n\na\ufffd,é\nb,✓\n"


def test_typed_values_are_written_as_people_and_programs_read_them(tmp_path):
    row = (True, False, None, MISSING, 0.1, 10**20, b"\xff", {"a": 1}, datetime.date(2026, 1, 2))
    with open_writer(tmp_path / "out.csv", [str(place) for place in range(len(row))]) as writer:
        writer.write([row])
    assert read(tmp_path / "out.csv")[1][0].cells == (
        "true", "false", "", "", "0.1", "100000000000000000000", "/w==", '{"a": 1}', "2026-01-02",
    )  # fmt: skip


@pytest.mark.parametrize("top", ["\n", "\n\n\n", "\r\n\r\n"])
def test_blank_lines_before_the_header_are_passed_over(csv_file, top):
    description, rows = read(csv_file(f"{top}task,n\nMatch,1\n"))
    assert description.columns == ("task", "n")
    assert [(row.cells, row.line) for row in rows] == [(("Match", "1"), top.count("\n") + 2)]


@pytest.mark.parametrize("content", ["\n\n", " \n", "\n  \n\n"])
def test_a_file_of_blanks_is_empty(csv_file, content):
    with pytest.raises(InventoryError, match="is empty: it needs a header line"):
        read(csv_file(content))


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_line_that_tells_excel_the_delimiter_is_no_row(csv_file, line, encoding):
    description, rows = read(csv_file(f"{line}\r\ntask;n\r\nMatch, post;1\r\n", encoding=encoding))
    assert (description.delimiter, description.columns) == (";", ("task", "n"))
    assert [(row.cells, row.line) for row in rows] == [(("Match, post", "1"), 3)]


def test_a_delimiter_that_nobody_would_guess_is_told_by_the_first_line(csv_file):
    assert read(csv_file("sep=^\ntask^n\nMatch^1\n"))[1][0].cells == ("Match", "1")


def test_a_delimiter_that_was_asked_for_wins(csv_file):
    assert read(csv_file("task:n\nMatch, post:1\n"), delimiter=":")[1][0].cells == ("Match, post", "1")
    assert read(csv_file("sep=;\ntask,n\nMatch;post,1\n"), delimiter=",")[1][0].cells == ("Match;post", "1")


def test_one_column_with_commas_is_read_as_whole_lines_with_a_word(csv_file):
    description, rows = read(csv_file("task\nMatch, post and file\nCall\nWait, then go, or not\n"))
    assert description.columns == ("task",)
    assert [row.cells for row in rows] == [("Match, post and file",), ("Call",), ("Wait, then go, or not",)]
    assert [row.problem for row in rows] == [None] * 3
    assert "has one column, 'task': whole lines are read, commas are part of them" in description.warnings[0]


def test_one_column_with_quotes_is_read_as_csv(csv_file):
    _, rows = read(csv_file('task\n"Match, ""post"""\n'))
    assert rows[0].cells == ('Match, "post"',)


def test_one_column_without_commas_needs_no_word(csv_file):
    assert read(csv_file("task\nMatch\nCall\n"))[0].warnings == ()


def test_a_quote_inside_a_quoted_field_says_how_it_is_written(csv_file):
    with pytest.raises(InventoryError, match=r"line 2: .*a quote inside a quoted field is written twice"):
        read(csv_file('task,n\n"Match "open" invoices",1\n'))


@pytest.mark.parametrize("cell", ["-3.5", "+7", "1e5", "-1e-3", "plain", "a=b", "", "'=1"])
def test_what_no_spreadsheet_runs_stays_as_it_is(cell):
    assert safe_cell(cell) == cell


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\t=1", "\r=1", "-1+1", "+1-1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert safe_cell(cell) == "'" + cell


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.tuples(*[st.text(letters, max_size=8)] * width), min_size=1, max_size=6)
)


@settings(max_examples=60)
@given(tables, st.sampled_from([".csv", ".tsv", ".csv.gz"]))
def test_no_cell_is_changed_and_the_order_is_kept(tmp_path_factory, rows, suffix):
    folder = tmp_path_factory.mktemp("round")
    columns = [f"column {place}" for place in range(len(rows[0]))]
    with open_writer(folder / f"in{suffix}", columns) as writer:
        writer.write(rows)
    assert copied(folder / f"in{suffix}", folder / f"out{suffix}") == (tuple(columns), rows)
    assert (folder / f"in{suffix}").read_bytes() == (folder / f"out{suffix}").read_bytes()
