"""The record of a run, beside the file that it made."""

import json

import pytest

from taskfit.errors import OutputError
from taskfit.labels import schema_hash
from taskfit.runrecord import beside, drop_record, read_record, record, with_decisions, write_record

FIELDS = {"model": "base", "fingerprint": "f00", "tier": "accurate", "policy": "cautious", "source": "tasks.csv",
          "rows": 3, "text": "task", "role": None}  # fmt: skip


def test_it_lies_beside_the_file_and_keeps_its_whole_name(tmp_path):
    assert beside(tmp_path / "out.csv") == tmp_path / "out.csv.run.json"
    assert beside("out").name == "out.run.json"


def test_it_says_what_made_the_file():
    fields = record(**FIELDS, barriers=("law",))
    assert fields["barriers"] == ["law"]
    assert fields["schema"] == schema_hash()
    assert {name: fields[name] for name in FIELDS} == FIELDS
    assert fields["created"].endswith("+00:00")
    assert record(**FIELDS)["barriers"] == []


def test_decisions_are_added_to_a_copy():
    fields = record(**FIELDS)
    told = with_decisions(fields, overrides="d.csv", decided=4, agree=3)
    assert (told["overrides"], told["decided"], told["decisions_agree"]) == ("d.csv", 4, 3)
    assert "decided" not in fields


def test_what_was_written_is_read(tmp_path):
    scored = tmp_path / "aufgäben 任務.csv"
    fields = record(**{**FIELDS, "source": "aufgäben 任務.csv"})
    write_record(fields, scored)
    assert read_record(scored) == fields
    assert "任務" in beside(scored).read_text("utf-8")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"3"])
def test_a_record_that_is_none_counts_as_missing(tmp_path, content):
    beside(tmp_path / "out.csv").write_bytes(content)
    assert read_record(tmp_path / "out.csv") is None


def test_no_record_is_none(tmp_path):
    assert read_record(tmp_path / "out.csv") is None


def test_an_old_record_goes_and_none_is_no_failure(tmp_path):
    write_record({"a": 1}, tmp_path / "out.csv")
    for _ in range(2):
        drop_record(tmp_path / "out.csv")
        assert not beside(tmp_path / "out.csv").exists()


def test_a_record_that_cannot_be_written_says_that_the_file_is_complete(tmp_path):
    with pytest.raises(OutputError, match=r"; the scored file itself is complete$"):
        write_record({"a": 1}, tmp_path / "no such folder" / "out.csv")


def test_a_new_record_replaces_the_old_one_whole(tmp_path):
    write_record({"a": "x" * 1000}, tmp_path / "out.csv")
    write_record({"b": 2}, tmp_path / "out.csv")
    assert json.loads(beside(tmp_path / "out.csv").read_text("utf-8")) == {"b": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv.run.json"]


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": "three"},
        {"rows": True},
        {"barriers": 4},
        {"barriers": [1, {}]},
        {"model": ["base"]},
        {"role": ["x"]},
        {"decided": 1.5},
    ],
)
def test_a_record_changed_by_hand_into_another_kind_is_none(tmp_path, changes):
    write_record({**record(**FIELDS), **changes}, tmp_path / "out.csv")
    assert read_record(tmp_path / "out.csv") is None
