import pytest

from taskfit.encoders.spelling import Spelling, lexicon_of

TEXTS = ["Match invoices to orders", "Check invoices and orders", "Solder boards", "Solder cables"]


@pytest.fixture(scope="module")
def spelling():
    return Spelling(lexicon_of(TEXTS), ["soldier", "boards"].__contains__)


def test_a_lexicon_holds_words_that_stand_in_two_texts():
    assert lexicon_of(TEXTS) == "invoices orders solder"


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("inovices", "invoices"),
        ("invvoices", "invoices"),
        ("invoces", "invoices"),
        ("(Inovices,", "(invoices,"),
    ],
)
def test_a_swap_a_double_and_a_lost_letter_are_mended(spelling, token, meant):
    assert spelling.mended(token) == meant


@pytest.mark.parametrize(
    "token", ["invoices", "Orders", "soldier", "boards", "ordes1", "3-way", "IT", "", "zymurgy", "ödrers"]
)
def test_what_is_right_or_strange_is_left_alone(spelling, token):
    assert spelling.mended(token) == token


def test_two_possible_meanings_are_no_meaning():
    assert Spelling("planting plaiting").mended("plating") == "plating"


def test_without_a_lexicon_nothing_is_touched():
    assert Spelling("").mended("inovices") == "inovices"
