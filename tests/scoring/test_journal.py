import hashlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError, OutputError
from taskfit.scoring.journal import Journal, digest_of

IDENTITY = {"input": "abc", "model": {"head": 1}}
ANSWERS = [[("automatable", 0.9, None, True)], [], [("augmentable", 0.1 + 0.2, "é", False), ("", None, "", True)]]


def written(tmp_path, answers=ANSWERS):
    journal = Journal(str(tmp_path / "out.csv"), IDENTITY, resume=False)
    for chunk in answers:
        journal.add(chunk)
    journal.close(done=False)
    return journal.path


def test_answers_come_back_as_they_were(tmp_path):
    written(tmp_path)
    journal = Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True)
    assert [journal.take() for _ in range(4)] == [*ANSWERS, None]
    journal.close(done=True)
    assert list(tmp_path.iterdir()) == []


def test_wherever_a_run_was_killed_whole_chunks_come_back(tmp_path):
    path = written(tmp_path)
    content = path.read_bytes()
    for cut in range(len(content)):
        path.write_bytes(content[:cut])
        journal = Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True)
        taken = [journal.take() for _ in range(journal.chunks)]
        journal.close(done=False)
        assert taken == ANSWERS[: len(taken)]


def test_a_damaged_line_ends_what_is_believed(tmp_path):
    path = written(tmp_path)
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"[]", b"[ ]")
    path.write_bytes(b"\n".join(lines))
    with Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True) as journal:
        assert journal.chunks == 1


def test_a_changed_input_is_refused_and_named(tmp_path):
    written(tmp_path)
    with pytest.raises(OutputError, match=r"another input: run without --resume"):
        Journal(str(tmp_path / "out.csv"), IDENTITY | {"input": "xyz"}, resume=True)
    with Journal(str(tmp_path / "out.csv"), IDENTITY | {"input": "xyz"}, resume=False) as journal:
        assert journal.chunks == 0


def test_a_stream_has_no_journal():
    with Journal("/dev/null", IDENTITY, resume=False) as journal:
        journal.add(ANSWERS[0])
    assert not Journal.beside("/dev/null").exists()


def test_a_new_run_begins_anew(tmp_path):
    written(tmp_path)
    with Journal(str(tmp_path / "out.csv"), IDENTITY, resume=False) as journal:
        assert (journal.chunks, journal.take()) == (0, None)


def test_a_run_that_failed_leaves_its_journal_and_one_without_answers_leaves_none(tmp_path):
    def fail(answers):
        with Journal(str(tmp_path / "out.csv"), IDENTITY, resume=False) as journal:
            for chunk in answers:
                journal.add(chunk)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail([])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError):
        fail(ANSWERS)
    assert list(tmp_path.iterdir()) == [tmp_path / "out.csv.journal"]


def test_a_resumed_run_that_fails_at_once_keeps_what_was_there(tmp_path):
    path = written(tmp_path)
    content = path.read_bytes()
    Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True).close(done=False)
    assert path.read_bytes() == content


def test_a_journal_of_another_version_is_refused(tmp_path, monkeypatch):
    written(tmp_path)
    monkeypatch.setattr("taskfit.scoring.journal.version", lambda _: "99")
    with pytest.raises(OutputError, match="another version of taskfit: run without --resume"):
        Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True)


def test_rubbish_in_place_of_a_journal_is_begun_anew(tmp_path):
    (tmp_path / "out.csv.journal").write_bytes(b"\x00rubbish\nand more\n")
    with Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True) as journal:
        assert journal.chunks == 0


def test_half_characters_survive_the_journal(tmp_path):
    written(tmp_path, [[("a\ud83d",)]])
    with Journal(str(tmp_path / "out.csv"), IDENTITY, resume=True) as journal:
        assert journal.take() == [("a\ud83d",)]


def test_a_place_where_no_journal_can_be_is_a_clear_error(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*journal: No such file.*choose another place"):
        Journal(str(tmp_path / "gone" / "out.csv"), IDENTITY, resume=False)


def test_the_digest_tells_files_apart_and_nothing_else(tmp_path):
    for name, content in (("a", b"x" * 3_000_000), ("b", b"x" * 3_000_000), ("c", b"y")):
        (tmp_path / name).write_bytes(content)
    first, second, third = (digest_of(tmp_path / name) for name in "abc")
    assert first == second != third
    assert third == hashlib.sha256(b"y").hexdigest()


def test_a_pipe_is_never_the_same_twice(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert digest_of(tmp_path / "pipe") != digest_of(tmp_path / "pipe")


def test_a_file_that_is_gone_is_a_clear_error(tmp_path):
    with pytest.raises(InventoryError, match="cannot be read a second time: No such file"):
        digest_of(tmp_path / "gone.csv")


cell = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(st.characters())


@settings(max_examples=30)
@given(st.lists(st.lists(st.tuples(cell, cell), max_size=3), max_size=4), st.integers(0, 4))
def test_a_run_cut_anywhere_gives_the_same_answers_as_one_that_was_not(tmp_path_factory, answers, kept):
    output = str(tmp_path_factory.mktemp("run") / "out.csv")
    first = Journal(output, IDENTITY, resume=False)
    for chunk in answers[:kept]:
        first.add(chunk)
    first.close(done=False)
    told = []
    with Journal(output, IDENTITY, resume=True) as second:
        for chunk in answers:
            taken = second.take()
            if taken is None:
                second.add(chunk)
            told.append(chunk if taken is None else taken)
        assert second.chunks == len(answers[:kept])
    assert told == answers
    assert not Journal.beside(output).exists()
