import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.text import bare, fingerprint, in_context, key, normalise


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Match   invoices \n to orders. ", "Match invoices to orders"),
        ("- Match invoices;", "Match invoices"),
        ("• Match invoices", "Match invoices"),
        ("Match\x00invoices\u200b", "Match invoices"),
        ("Match invoices", "Match invoices"),
        ("e.g. a co-operative", "e.g. a co-operative"),
        ("...", ""),
        ("", ""),
    ],
)
def test_normalising_removes_what_exports_add(raw, clean):
    assert normalise(raw) == clean


def test_case_is_kept_for_the_model_and_folded_for_comparison():
    assert normalise("Support IT") == "Support IT"
    assert key("Support IT.") == key("support it")


def test_composed_and_decomposed_letters_are_the_same_task():
    assert fingerprint("café") == fingerprint("cafe\u0301")


def test_different_word_order_is_a_different_task():
    assert fingerprint("Anna reviews Ben") != fingerprint("Ben reviews Anna")


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_normal_text_is_printable_and_trimmed(text):
    clean = normalise(text)
    assert clean == clean.strip()
    assert "\n" not in clean
    assert "\x00" not in clean


@pytest.mark.parametrize(
    "raw",
    [
        "Responsible for matching invoices",
        "responsible for: matching invoices.",
        "You will be responsible for matching invoices",
        "To be accountable for matching invoices",
        "In charge of matching invoices",
        "Duties include: matching invoices",
        "matching invoices",
    ],
)
def test_phrases_that_say_nothing_are_not_read(raw):
    assert bare(raw) == "matching invoices"


@pytest.mark.parametrize("raw", ["Responsible for", "Be responsible", "You willingly help", "Charge batteries"])
def test_what_only_looks_like_a_phrase_is_kept(raw):
    assert bare(raw) == raw


def test_a_role_is_read_without_its_holder():
    plain = in_context("Match invoices", "accountant")
    assert plain == "accountant: Match invoices"
    assert in_context("Responsible for: Match invoices", "Senior accountant") == plain
    assert in_context("Match invoices", "male Junior accountant") == plain
    assert in_context("Lay the tables", "Waitress") == in_context("Lay the tables", "waiter")
    assert in_context("Match invoices", "senior") == "senior: Match invoices"
