import re

import pytest

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


def test_a_label_is_its_text():
    assert Label.HUMAN_ESSENTIAL == "human-essential"
    assert f"{Label.AUTOMATABLE}" == "automatable"
    assert Label("augmentable") is Label.AUGMENTABLE
    assert "empathy" in DRIVERS
    assert Driver("presence") is Driver.PRESENCE


@pytest.mark.parametrize("part", ["labels", "drivers", "ties"])
def test_every_part_of_the_rubric_counts_in_the_hash(monkeypatch, part):
    before = schema_hash()
    schema_hash.cache_clear()
    try:
        name = next(iter(RUBRIC[part]))
        monkeypatch.setitem(RUBRIC[part], name, RUBRIC[part][name] + " ")
        assert schema_hash() != before
    finally:
        monkeypatch.undo()
        schema_hash.cache_clear()
    assert schema_hash() == before


def test_no_order_of_the_rubrics_lines_counts_in_the_hash(monkeypatch):
    before = schema_hash()
    monkeypatch.setitem(RUBRIC, "drivers", dict(reversed(RUBRIC["drivers"].items())))
    schema_hash.cache_clear()
    assert schema_hash() == before
