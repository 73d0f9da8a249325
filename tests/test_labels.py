import re

from taskfit.labels import DRIVERS, LABELS, RUBRIC, Driver, Label, schema_hash


def test_there_are_three_labels_from_technology_to_people():
    assert LABELS == ("automatable", "augmentable", "human-essential")
    assert [label.value for label in Label] == list(LABELS)


def test_there_are_five_drivers():
    assert DRIVERS == ("empathy", "presence", "judgement", "creativity", "leadership")
    assert [driver.value for driver in Driver] == list(DRIVERS)


def test_the_rubric_defines_every_label_and_driver():
    assert set(RUBRIC["labels"]) == set(LABELS)
    assert set(RUBRIC["drivers"]) == set(DRIVERS)
    assert all(text.endswith(".") for part in RUBRIC.values() for text in part.values())


def test_the_schema_hash_is_stable_and_changes_with_the_rubric(monkeypatch):
    before = schema_hash()
    assert re.fullmatch(r"[0-9a-f]{16}", before)
    schema_hash.cache_clear()
    assert schema_hash() == before
    monkeypatch.setitem(RUBRIC["labels"], "automatable", "Anything at all.")
    schema_hash.cache_clear()
    assert schema_hash() != before
    monkeypatch.undo()
    schema_hash.cache_clear()
