"""What a cell becomes where a format lacks its type."""

import base64
import datetime
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.inventory import MISSING
from taskfit.inventory.values import EXACT, Kinds, as_json, as_text, whole, without_halves

DAY, MOMENT = datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4)


def meant(*cells):
    kinds = Kinds()
    for cell in cells:
        kinds.see([("column", cell)])
    return kinds.meant("column")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ((1, 2), int),
        ((1, 2.5), float),
        ((0.5,), float),
        ((True, False), bool),
        ((DAY,), datetime.date),
        ((MOMENT,), datetime.datetime),
        (("1", "2"), str),
        ((EXACT + 1,), int),
        ((EXACT + 1, 1), int),
        ((2**63 - 1, -(2**63)), int),
        ((), str),
        ((None, MISSING, ""), str),
        ((None, 1, "", MISSING), int),
    ],
)
def test_a_column_of_one_kind_is_of_it(cells, kind):
    assert meant(*cells) is kind


@pytest.mark.parametrize(
    "cells",
    [
        (1, True),  # a truth value is no number
        (1, "one"),
        (EXACT + 1, 0.5),  # as a decimal number the first would be another
        (2**63,),  # more than 64 bits hold
        (-(2**63) - 1, 1),
        (DAY, MOMENT),
        (DAY, 1),
        ({"a": 1},),
        ([1],),
        (b"x",),
    ],
)
def test_any_other_mix_is_text(cells):
    assert meant(*cells) is str


def test_columns_are_told_apart():
    kinds = Kinds()
    kinds.see([(0, 1), (1, "a")])
    kinds.see([(0, 2), (2, 1.5)])
    assert [kinds.meant(column) for column in range(4)] == [int, str, float, str]


@pytest.mark.parametrize("value", [3.0, -2.0, 0.0, float(EXACT - 1)])
def test_a_whole_number_becomes_an_integer(value):
    assert type(whole(value)) is int
    assert whole(value) == value


@pytest.mark.parametrize("value", [1.5, float(EXACT), 1e300, math.inf, -math.inf, "3.0", True, None, DAY])
def test_what_is_no_exact_whole_number_stays(value):
    assert whole(value) is value


def test_not_a_number_stays():
    assert math.isnan(whole(math.nan))


@pytest.mark.parametrize("value", ["text", "", 1, 1.5, None, True, DAY, MISSING])
def test_a_plain_value_is_not_touched(value):
    assert as_text(value) is value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": 7}, '{"id": 7}'),
        ([1, "Zoë", None], '[1, "Zoë", null]'),
        ((1, 2), "[1, 2]"),
        ([], "[]"),
        ({"day": DAY}, '{"day": "2026-01-02"}'),
        ([b"\x00\xff"], '["AP8="]'),
        (b"\x00\xff", "AP8="),
        (b"", ""),
    ],
)
def test_nested_values_become_json_and_bytes_base64(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "null"),
        ({"a": math.inf, "b": [-math.inf, 1.5, (math.nan,)]}, '{"a": null, "b": [null, 1.5, [null]]}'),
        ({"a": math.nan, "b": b"\x00", "c": DAY}, '{"a": null, "b": "AA==", "c": "2026-01-02"}'),
        ("Käse ✓", '"Käse ✓"'),
        ("\ud83d", '"\\ud83d"'),
        ({"a": "\ud83d", "b": math.nan}, '{"a": "\\ud83d", "b": null}'),
    ],
)
def test_json_is_valid_whatever_the_value(value, text):
    assert as_json(value) == text


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters(categories=["Cs"]))
)
nested = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def strict(text):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text.encode(), parse_constant=refuse)


@given(nested)
def test_every_value_is_valid_json_in_utf8(value):
    strict(as_json(value))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_values_that_json_has_come_back_as_they_were(value):
    assert strict(as_json(value)) == value


@given(st.binary())
def test_bytes_come_back_from_their_text(value):
    assert base64.b64decode(as_text(value)) == value


@given(st.text())
def test_whole_characters_are_not_touched(text):
    assert without_halves(text) == text


@given(st.text(st.characters()))
def test_text_without_halves_can_be_written_and_is_as_long(text):
    assert len(without_halves(text).encode().decode()) == len(text)


def test_each_half_becomes_one_sign():
    assert without_halves("a\ud83d\ude00b") == "a\ufffd\ufffdb"
