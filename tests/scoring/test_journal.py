import pytest

from taskfit.errors import OutputError
from taskfit.scoring.journal import Journal

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
