"""A target is whole or untouched, and stays what it was: a link, a pipe, a file with its rights."""

import errno
import fcntl
import gzip
import io
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from taskfit.errors import OutputError
from taskfit.inventory import AtomicFile, atomic_text, is_stream
from taskfit.inventory.atomic import let_go, output_error


def write(target, content=b"new", **options):
    with AtomicFile(target, **options) as stream:
        stream.write(content)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def listen(pipe):
    """Read a named pipe on a thread; what came stands in the list once it has ended."""
    heard = []
    thread = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    thread.start()
    return thread, heard


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "out.csv")
    return tmp_path / "out.csv"


def test_nothing_stands_under_the_name_before_the_end(tmp_path):
    with AtomicFile(tmp_path / "out.csv") as stream:
        stream.write(b"half")
        stream.flush()
        assert not (tmp_path / "out.csv").exists()
    assert (tmp_path / "out.csv").read_bytes() == b"half"


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path):
    (tmp_path / "store").mkdir()
    real, link = tmp_path / "store" / "real.csv", tmp_path / "out.csv"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write(link)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out.csv", "real.csv", "store"]


def test_a_link_to_nothing_yet_makes_the_file_it_points_to(tmp_path):
    (tmp_path / "out.csv").symlink_to("later.csv")
    write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "later.csv").read_bytes() == b"new"


def test_links_that_go_round_in_a_circle_are_refused(tmp_path):
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    with pytest.raises(OutputError, match=r"cannot write .*choose another place"):
        write(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_replaced_file_keeps_its_rights(tmp_path, mode):
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    target.chmod(mode)
    write(target)
    assert target.read_bytes() == b"new"
    assert rights(target) == mode


def test_what_is_secret_is_secret_while_it_is_written(tmp_path):
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    target.chmod(0o600)
    with AtomicFile(target):
        assert rights(tmp_path / ".out.csv.part") == 0o600


def test_a_new_file_has_the_rights_that_the_user_gives_new_files(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "out.csv")
    finally:
        os.umask(before)
    assert rights(tmp_path / "out.csv") == 0o640


def test_a_read_only_file_is_refused_even_to_root(tmp_path):
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(OutputError, match="it is read-only; choose another place"):
        write(target)
    assert target.read_bytes() == b"old"
    assert rights(target) == 0o444
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_run_left_behind_makes_way(tmp_path):
    (tmp_path / ".out.csv.part").write_bytes(b"a long rest of an earlier run")
    write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [tmp_path / "out.csv"]


def test_what_another_run_is_writing_does_not_make_way(tmp_path):
    with AtomicFile(tmp_path / "out.csv") as first:
        first.write(b"first")
        with pytest.raises(OutputError, match="another run is writing it"):
            write(tmp_path / "out.csv", b"second")
    assert (tmp_path / "out.csv").read_bytes() == b"first"


def test_a_link_planted_under_the_temporary_name_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".out.csv.part").symlink_to(victim)
    with pytest.raises(OutputError, match="cannot write"):
        write(tmp_path / "out.csv")
    assert victim.read_bytes() == b"precious"


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path, monkeypatch):
    def without(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without)
    write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"new"


def test_a_pipe_is_written_through_and_stays_a_pipe(pipe):
    thread, heard = listen(pipe)
    write(pipe)
    thread.join(10)
    assert heard == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(pipe.parent.iterdir()) == [pipe]


def test_a_pipe_takes_gzip_too(pipe):
    thread, heard = listen(pipe)
    write(pipe, compress=True)
    thread.join(10)
    assert gzip.decompress(heard[0]) == b"new"


def test_a_device_is_written_and_never_replaced():
    write("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert not Path("/dev/.null.part").exists()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(OutputError, match="it is a folder; name a file"):
        write(tmp_path)


def test_gzip_tells_neither_time_nor_name(tmp_path):
    for name in ("a.gz", "b.gz"):
        write(tmp_path / name, b"rows" * 100, compress=True)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == b"rows" * 100


@pytest.mark.parametrize("compress", [False, True])
def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path, compress):
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")

    def interrupted():
        with AtomicFile(target, compress=compress) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_stdout_is_not_closed(monkeypatch):
    class Stdout:
        buffer = io.BytesIO()

    monkeypatch.setattr(sys, "stdout", Stdout)
    write("-", b"one")
    write("-", b"two")
    assert Stdout.buffer.getvalue() == b"onetwo"


def test_a_closed_stdout_is_an_error_that_names_the_way_out(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="stdout: it is closed; name a file with -o"):
        write("-")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, "cannot write out.csv: No space left on device; make room or choose another place"),
        (errno.EDQUOT, "cannot write out.csv: Disk quota exceeded; make room or choose another place"),
        (errno.EACCES, "cannot write out.csv: Permission denied; choose another place"),
    ],
)
def test_an_output_error_says_what_where_and_what_to_do(code, expected):
    assert str(output_error("out.csv", OSError(code, os.strerror(code)))) == expected


def test_an_output_error_of_stdout_calls_it_so():
    assert "cannot write stdout: no more" in str(output_error("-", OSError("no more")))


def test_streams_are_told_from_files(tmp_path, pipe):
    file = tmp_path / "tasks.csv"
    file.touch()
    (tmp_path / "link").symlink_to(pipe)
    streams = {"-": True, "/dev/null": True, pipe: True, tmp_path / "link": True}
    files = {file: False, tmp_path: False, tmp_path / "gone": False, "stdin": False, "x" * 5000: False}
    for name, expected in (streams | files).items():
        assert is_stream(name) is expected


class TestText:
    def test_line_ends_and_letters_stay_as_they_are(self, tmp_path):
        with atomic_text(tmp_path / "page.html") as file:
            file.write("Käse\r\n✓\n")
        assert (tmp_path / "page.html").read_bytes() == "Käse\r\n✓\n".encode()

    def test_half_a_character_becomes_a_question_mark(self, tmp_path):
        with atomic_text(tmp_path / "page.html") as file:
            file.write("a\ud83db")
        assert (tmp_path / "page.html").read_bytes() == b"a?b"

    def test_an_error_leaves_the_old_file(self, tmp_path):
        target = tmp_path / "page.html"
        target.write_text("old")

        def fail():
            with atomic_text(target) as file:
                file.write("half")
                raise ValueError("stop")

        with pytest.raises(ValueError, match="stop"):
            fail()
        assert target.read_text() == "old"
        assert list(tmp_path.iterdir()) == [target]

    def test_stdout_can_be_written_again(self, monkeypatch):
        class Stdout:
            buffer = io.BytesIO()

        monkeypatch.setattr(sys, "stdout", Stdout)
        for text in ("eins ", "zwei"):
            with atomic_text("-") as file:
                file.write(text)
        assert Stdout.buffer.getvalue() == b"eins zwei"


def test_a_text_layer_that_is_let_go_leaves_its_stream_open():
    stream = io.BytesIO()
    text = io.TextIOWrapper(stream)
    text.write("rows")
    text.flush()
    let_go(text)
    let_go(text)
    assert stream.getvalue() == b"rows"


_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
import random
from taskfit.errors import OutputError
from taskfit.inventory import open_writer
noise = random.Random(0)
rows = [("".join(chr(noise.randrange(33, 126)) for _ in range(3000)), noise.random()) for _ in range(200)]
try:
    with open_writer(sys.argv[1], ["task", "n"], types={"n": float}) as writer:
        for row in rows:
            writer.write([row])
except OutputError as error:
    print(error)
    sys.exit(1)
"""


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.parquet", "out.xlsx"])
def test_a_disk_that_fills_up_is_one_clear_line_and_leaves_nothing(tmp_path, name):
    result = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / name)], capture_output=True, check=False, text=True
    )
    assert result.returncode == 1, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith(f"cannot write {tmp_path / name}: ")
    assert "File too large" in result.stdout
    assert result.stdout.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_device_is_an_error_that_says_to_make_room():
    with pytest.raises(OutputError, match="cannot write /dev/full: No space left on device; make room or choose"):
        write("/dev/full")


def test_a_name_too_long_for_the_file_system_is_a_clear_error(tmp_path):
    with pytest.raises(OutputError, match="File name too long"):
        write(tmp_path / ("x" * 300 + ".csv"))
