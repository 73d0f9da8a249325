"""Encodings and delimiters, asked of all of a file."""

import codecs
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.errors import InventoryError
from taskfit.inventory.detect import decoded, detect_delimiter, detect_encoding, marked, readable, wide_fields


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (b"", None),
        (b"\xef\xbb", None),
    ],
)
def test_a_byte_order_mark_names_the_encoding(mark, encoding):
    assert marked(mark + b"task") == encoding


def test_bytes_that_are_no_text_in_either_encoding_are_refused_with_the_place():
    with pytest.raises(InventoryError, match=r"neither UTF-8 nor Windows-1252 \(byte 5\).*--encoding"):
        detect_encoding(io.BytesIO(b"task\n\x81\x8d"), "x.csv")


def test_a_letter_cut_off_at_the_very_end_is_found():
    with pytest.raises(InventoryError, match=r"mixed encodings, UTF-8 up to byte 7 \(line 2\)"):
        detect_encoding(io.BytesIO("task\né".encode() + b"\xc3"), "x.csv")


@settings(max_examples=40)
@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and not text.startswith("\ufeff")))
def test_whatever_is_utf8_is_read_as_such(text):
    assert detect_encoding(io.BytesIO(text.encode()), "x.csv") == ("utf-8", ())


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("task\nMatch, post\n", None),
        ("", None),
        ("\n\n", None),
        ('a,b\n"1;2",3\n"4;5",6\n', ","),
    ],
)
def test_the_delimiter_is_the_one_on_which_rows_agree(text, delimiter):
    assert detect_delimiter(text) == delimiter


def test_a_sample_that_ends_in_the_middle_of_a_row_is_no_matter():
    assert detect_delimiter("task;n\n" + "Match, post; 1\n" * 20_000) == ";"


def test_an_unknown_encoding_suggests_known_ones():
    with pytest.raises(InventoryError, match="no encoding is called 'klingon'; try utf-8, utf-16 or cp1252"):
        decoded(io.BytesIO(), "klingon", "x.csv")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "x.csv is not in that encoding .*--encoding"),
        (OSError("bad block"), "x.csv cannot be read: bad block; it may be damaged, save it again"),
        (EOFError("cut"), "x.csv cannot be read: cut"),
    ],
)
def test_what_goes_wrong_while_text_is_read_names_the_source(error, message):
    with pytest.raises(InventoryError, match=message), readable("x.csv"):
        raise error


def test_the_limit_of_a_field_is_put_back_after_an_error_too():
    before = csv.field_size_limit()
    with pytest.raises(ValueError, match="stop"), wide_fields():
        raise ValueError("stop")
    assert csv.field_size_limit() == before
