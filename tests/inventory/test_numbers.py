"""Numbers as people write them: each is read as it was meant, or not at all."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError
from taskfit.inventory.numbers import read_numbers


def read(*cells, **options):
    return read_numbers(cells, column="hours", source="x.csv", **options).tolist()


def shown(value, group, decimal):
    return f"{value:,.2f}".translate(str.maketrans({",": group, ".": decimal}))


@pytest.mark.parametrize(
    "cell", ["", " ", "n/a", "2:30", "inf", "nan", "1.2.3", "--1", "1,2,3", "h", "%", "٣x", "-", "e5"]
)
def test_what_is_no_number_is_read_as_none(cell):
    assert all(math.isnan(value) for value in read(cell))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7", 7),
        ("-1.5", -1.5),
        ("+2", 2),
        ("1e3", 1000),
        (".5", 0.5),
        ("5.", 5),
        ("40%", 40),
        ("3.5 h", 3.5),
        ("1 000", 1000),
    ],
)
def test_plain_numbers_are_read(cell, value):
    assert read(cell) == [value]


def test_one_cell_that_tells_the_decimal_sign_settles_the_others():
    assert read("1,234", "0,5") == [1.234, 0.5]
    assert read("1,234", "0.5") == [1234, 0.5]
    assert read("1.234", "0,5") == [1234, 0.5]


def test_a_number_that_can_be_read_two_ways_is_named_with_its_line():
    with pytest.raises(InventoryError, match=r"x\.csv, line 7: hours holds 1,234, which may mean 1234 or 1\.234"):
        read("1", "1,234", lines=[6, 7])


def test_cells_that_contradict_each_other_leave_a_doubtful_one_to_people():
    with pytest.raises(InventoryError, match=r"x\.csv: hours holds 1\.234"):
        read("0,5", "0.5", "1.234")


def test_no_cells_are_no_numbers():
    assert read() == []


values = st.lists(st.floats(-1e9, 1e9).map(lambda value: round(value, 2) + 0.0), min_size=1, max_size=8)


@settings(max_examples=60)
@given(
    values, st.sampled_from([(",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("\u202f", ","), ("", ",")])
)
def test_a_column_written_in_one_way_comes_back_as_it_was(column, signs):
    found = read(*(shown(value, *signs) for value in column))
    np.testing.assert_allclose(found, column, rtol=1e-12)
