import pytest
from hypothesis import given, settings
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


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Ｍａｔｃｈ　ｉｎｖｏｉｃｅｓ", "Match invoices"),
        ("Match\u00a0invoices\u2028to\rorders", "Match invoices to orders"),
        ("•-*Match invoices", "Match invoices"),
        ("Match invoices ...;", "Match invoices"),
        ("5 % of ﬁles", "5 % of files"),
        ("会議の予定を立てる。", "会議の予定を立てる。"),
        ("\ud800Match", "Match"),
        ("Match 🙂", "Match 🙂"),
        ("re-check A.B.", "re-check A.B"),
        ("\t\r\n\x0b\x0c", ""),
        ("•", ""),
    ],
)
def test_text_from_anywhere_is_normalised(raw, clean):
    assert normalise(raw) == clean


plain = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Zs"]))


@settings(deadline=None)
@given(plain, st.sampled_from(["", " ", "\n", "\u00a0", "•", "- "]), st.sampled_from(["", ".", ";", " .", "\t"]))
def test_what_stands_around_a_task_makes_no_other_task(text, before, after):
    dressed = before + text.strip() + after
    if normalise(text)[:1].isalnum() and normalise(text)[-1:].isalnum():
        assert key(dressed) == key(text)
        assert fingerprint(dressed) == fingerprint(text)


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_fingerprints_are_equal_exactly_where_normal_texts_are(one, two):
    assert (fingerprint(one) == fingerprint(two)) == (normalise(one) == normalise(two))
    assert len(fingerprint(one)) == 64


@settings(deadline=None)
@given(st.text())
def test_bare_text_is_the_end_of_normal_text_and_never_lost(text):
    clean = normalise(text)
    assert clean.endswith(bare(text))
    assert bool(bare(text)) == bool(clean)


@settings(deadline=None)
@given(st.text(), st.sampled_from([None, "", "  ", "-", "\u200b"]))
def test_without_a_role_a_task_is_left_as_it_is(task, role):
    assert in_context(task, role) is task


@pytest.mark.parametrize(
    ("female", "male"),
    [
        ("Waitress", "waiter"),
        ("stewardess", "steward"),
        ("manageress", "manager"),
        ("headmistress", "headmaster"),
        ("barmaid", "barman"),
        ("Policewoman", "Policeman"),
        ("camerawomen", "cameramen"),
        ("actress", "actor"),
        ("Sr. waitress", "waiter"),
        ("senior female chairwoman", "chairman"),
    ],
)
def test_a_title_says_nothing_of_its_holders_gender(female, male):
    assert in_context("Do it", female) == in_context("Do it", male) == f"{male}: Do it"


@pytest.mark.parametrize("role", ["women's officer", "midwife", "seniority clerk", "mattress maker", "hostel keeper"])
def test_what_only_looks_like_a_holder_is_kept(role):
    assert in_context("Do it", role) == f"{role}: Do it"


def test_a_text_of_a_megabyte_is_normalised():
    assert normalise("match \n" * 150_000).count(" ") == 149_999
