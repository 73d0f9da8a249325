"""What is opened and written under which name, and the copies of what can be read only once."""

import gzip
import io
import os
import sys
import threading

import pytest

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import FORMATS, open_inventory, open_writer
from taskfit.inventory.sink import Sink


def read(source, **options):
    with open_inventory(source, **options) as inventory:
        return inventory.description, [row.cells for chunk in inventory.chunks(2) for row in chunk]


@pytest.fixture
def stdin(monkeypatch):
    def pipe_in(content):
        class Stdin:
            buffer = io.BytesIO(content)

        monkeypatch.setattr(sys, "stdin", Stdin)

    return pipe_in


CONTENTS = {
    "csv": b"task,n\nMatch,1\n",
    "one column": b"task\nMatch\n",
    "a bracket in the header": b"[task],n\nMatch,1\n",
    "jsonl": b'{"task": "Match"}\n',
    "jsonl after blanks": b'\n \n{"task": "Match"}\n',
    "jsonl with a mark": b'\xef\xbb\xbf{"task": "Match"}\n',
    "jsonl in utf-16": '{"task": "Match"}\n'.encode("utf-16"),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_format_of_a_pipe_is_told_by_its_content(stdin, content, pack):
    stdin(pack(content))
    description, rows = read("-")
    assert description.format == ("jsonl" if b"{" in content else "csv")
    assert description.name == "stdin"
    assert rows[0][0] == "Match"


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_binary_formats_come_through_a_pipe(stdin, tmp_path, suffix):
    with open_writer(tmp_path / f"x.{suffix}", ["task"]) as writer:
        writer.write([("Match",)])
    stdin((tmp_path / f"x.{suffix}").read_bytes())
    description, rows = read("-")
    assert (description.format, rows) == (suffix, [("Match",)])


@pytest.mark.parametrize("content", [b'[{"task": "a"}]', b'\xef\xbb\xbf[\n  {"task": "a"}\n]', b'[ {"task": "a"},\n'])
def test_a_json_array_on_stdin_is_refused_and_not_read_as_csv(stdin, content):
    stdin(content)
    with pytest.raises(InventoryError, match="stdin is one JSON array"):
        read("-")


def test_an_empty_pipe_and_a_closed_one_are_clear_errors(stdin, monkeypatch):
    stdin(b"")
    with pytest.raises(InventoryError, match="stdin is empty"):
        read("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InventoryError, match="stdin is closed: pipe an inventory in, or name a file"):
        read("-")


def test_a_file_called_stdin_is_a_file(tmp_path, monkeypatch, stdin):
    stdin(b"task\nfrom the pipe\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdin").write_text("task\nfrom the file\n")
    assert read("stdin", format="csv")[1] == [("from the file",)]
    with pytest.raises(InventoryError, match="stdin: unknown suffix"):
        read("stdin")


def test_a_named_pipe_is_read_as_stdin_is(tmp_path):
    pipe = tmp_path / "inventory"
    os.mkfifo(pipe)
    thread = threading.Thread(target=pipe.write_bytes, args=(b"task;n\nMatch;1\n",), daemon=True)
    thread.start()
    description, rows = read(pipe)
    thread.join(10)
    assert (description.name, description.format, rows) == (str(pipe), "csv", [("Match", "1")])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda packed: packed[:-20], "is no readable gzip file"),
        (lambda packed: packed[:200] + bytes(100) + packed[300:], "is no readable gzip file"),
        (lambda packed: packed[:-8] + bytes(8), "is no readable gzip file"),  # checksum
        (lambda packed: packed[:5], "is no readable gzip file"),
    ],
)
def test_a_damaged_gzip_file_is_refused_with_what_to_do(tmp_path, damage, message):
    path = tmp_path / "tasks.csv.gz"
    path.write_bytes(damage(gzip.compress(b"task\n" + os.urandom(4000).hex().encode())))
    with pytest.raises(InventoryError, match=rf"tasks\.csv\.gz {message}.*: compress it again"):
        read(path)


def test_gzip_in_two_parts_is_read_whole(tmp_path):
    path = tmp_path / "tasks.csv.gz"
    path.write_bytes(gzip.compress(b"task\nMatch\n") + gzip.compress(b"Call\n"))
    assert read(path)[1] == [("Match",), ("Call",)]


def test_no_room_for_the_copy_of_a_pipe_says_where(stdin, monkeypatch, tmp_path):
    stdin(b"task\nMatch\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(InventoryError, match=r"no room for a copy of stdin .*make room, or set TMPDIR"):
        read("-")


def test_a_pipe_that_fails_is_not_taken_for_a_full_disk(monkeypatch):
    class Broken:
        def read(self, _):
            raise OSError("Input/output error")

    class Stdin:
        buffer = Broken()

    monkeypatch.setattr(sys, "stdin", Stdin)
    with pytest.raises(InventoryError, match=r"stdin cannot be read .*try again"):
        read("-")


@pytest.mark.parametrize("suffix", [suffix for suffixes in FORMATS.values() for suffix in suffixes])
def test_every_suffix_is_known_in_any_case(tmp_path, suffix):
    for name in (f"gone{suffix}", f"gone{suffix.upper()}"):
        path = tmp_path / name
        path.write_bytes(b"")
        with pytest.raises(InventoryError, match=r"empty|no readable|no sheet"):
            read(path)


@pytest.mark.parametrize("name", ["x.ods", "x.xls", "x.xlsm", "X.ODS"])
@pytest.mark.parametrize("options", [{}, {"format": "xlsx"}, {"format": "csv"}])
def test_workbooks_are_written_as_xlsx_alone(tmp_path, name, options):
    with pytest.raises(OutputError, match=r"workbooks are written as \.xlsx; name it [xX]\.xlsx"):
        open_writer(tmp_path / name, ["task"], **options)


@pytest.mark.parametrize(("name", "kind"), [("x.xlsx.gz", "xlsx"), ("x.parquet.gz", "parquet"), ("x.pq.gz", "parquet")])
def test_what_is_compressed_already_is_not_packed_again(tmp_path, name, kind):
    with pytest.raises(OutputError, match=rf"{kind} is compressed already; leave \.gz out"):
        open_writer(tmp_path / name, ["task"])


def test_an_unknown_output_format_lists_the_known_ones(tmp_path):
    with pytest.raises(OutputError, match="no format 'word': choose one of csv, tsv, jsonl, parquet, xlsx"):
        open_writer(tmp_path / "x", ["task"], format="word")


def test_a_named_format_wins_over_the_suffix(tmp_path):
    with open_writer(tmp_path / "x.csv", ["task"], format="jsonl") as writer:
        writer.write([("Match",)])
    assert (tmp_path / "x.csv").read_text() == '{"task": "Match"}\n'
    assert read(tmp_path / "x.csv", format="jsonl")[1] == [("Match",)]


class Full(io.BytesIO):
    """A stream that holds ten bytes."""

    def write(self, data):
        if self.tell() + len(data) > 10:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_sink_writes_and_tells_where_it_is():
    stream = io.BytesIO()
    sink = Sink(stream)
    assert sink.write(b"abcdef") == 6
    assert sink.seek(2) == 2
    sink.write(b"X")
    assert (sink.tell(), sink.seek(-1, 2), stream.getvalue()) == (3, 5, b"abXdef")
    sink.flush()
    assert sink.failure is None


def test_a_sink_that_failed_keeps_the_first_failure_and_goes_on_in_silence():
    stream = Full()
    sink = Sink(stream)
    sink.write(b"12345678")
    assert sink.write(b"too much") == 8
    first = sink.failure
    assert isinstance(first, OSError)
    sink.write(b"1")
    sink.seek(0)
    assert (sink.failure, sink.tell(), stream.getvalue()) == (first, 0, b"12345678")


def test_a_sink_on_a_closed_stream_fails_in_silence():
    stream = io.BytesIO()
    stream.close()
    writing, seeking = Sink(stream), Sink(stream)
    assert (writing.write(b"x"), seeking.seek(3)) == (1, 3)
    assert isinstance(writing.failure, ValueError)
    assert isinstance(seeking.failure, ValueError)
