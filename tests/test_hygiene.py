import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.hygiene import find_problems, propose_split
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv

SURE = [0.9, 0.05, 0.05]


def test_doubled_alike_compound_vague_and_odd_rows_are_found(csv_file):
    rows = [
        (("A", "clerk", "Match supplier invoices to orders", 4), SURE, "", False, "ok"),
        (("B", "buyer", "match supplier invoices to orders.", 3), SURE, "", False, "ok"),
        (("B", "buyer", "Matching orders to supplier invoices", 2), SURE, "", False, "ok"),
        (("A", "clerk", "File contracts and chase signatures", 2), SURE, "", True, "compound"),
        (("A", "clerk", "Other duties as assigned", 1), SURE, "", True, "vague"),
        (("A", "clerk", "Print labels for parcels", 900), SURE, "", False, "ok"),
        (("A", "clerk", "Sort the post", ""), SURE, "", False, "ok"),
    ]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows))
    found = {finding.kind: finding for finding in find_problems(tasks, weigh(tasks))}
    assert found["duplicate"].rows == (0, 1)
    assert found["duplicate"].weight == 7
    assert found["duplicate"].message == "the same words (2 rows: A · clerk 4 hours; B · buyer 3 hours)"
    assert found["worded_alike"].rows == (0, 1, 2)
    assert found["compound"].message == "File contracts | Chase signatures"
    assert found["vague"].rows == (4,)
    assert found["too_much"].rows == (5,)
    assert found["no_weight"].rows == (6,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reconcile bank statements", "Reconciling the bank statements"),
        ("Update price lists", "Updating the price list"),
        ("Copy customer addresses", "Copies addresses of customers"),
    ],
)
def test_the_same_work_in_another_form_of_the_words_is_found(csv_file, one, other):
    rows = [(("A", "clerk", one, 4), SURE, "", False, "ok"), (("B", "clerk", other, 3), SURE, "", False, "ok")]
    tasks = read_scored(scored_csv(csv_file, rows))
    found = find_problems(tasks, weigh(tasks))
    assert [finding.kind for finding in found] == ["worded_alike"]
    assert other in found[0].message
    assert "A · clerk 4 hours; B · clerk 3 hours" in found[0].message


def test_totals_that_no_week_or_person_has_are_told(csv_file):
    rows = [(("A", "clerk", f"{verb} the invoices", 20, 1), SURE, "", False, "ok")
            for verb in ("Post", "Sort", "Send", "Check", "Print", "Scan", "File", "Copy", "Count", "Pay")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", "hours per week", "FTE")))
    found = find_problems(tasks, weigh(tasks))
    assert [finding.message[:42] for finding in found] == ["A · clerk: 200 hours a week for 1 FTE; is "]
    monthly = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", "hours per month", "FTE")))
    assert find_problems(monthly, weigh(monthly)) == []


def test_the_name_of_the_column_says_how_much_is_too_much(csv_file):
    rows = [(("A", "clerk", "Post the invoices", 500), SURE, "", False, "ok")]
    for name, kinds in (("hours", ["too_much"]), ("hours per month", []), ("hours_per_year", [])):
        tasks = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", name)))
        assert [finding.kind for finding in find_problems(tasks, weigh(tasks))] == kinds


def test_a_split_is_proposed_only_where_both_halves_are_tasks():
    assert propose_split("Draft the minutes and send them to the board") == [
        "Draft the minutes",
        "Send them to the board",
    ]
    assert propose_split("Order pens and paper") == ["Order pens and paper"]
    assert propose_split("Wash patients") == ["Wash patients"]


def test_shares_of_a_role_that_exceed_the_whole_are_told(csv_file):
    rows = [(("A", "clerk", f"Do thing number {at} well", 60), SURE, "", False, "ok") for at in range(2)]
    tasks = read_scored(scored_csv(csv_file, rows))
    found = [finding for finding in find_problems(tasks, weigh(tasks, share="hours")) if finding.kind == "too_much"]
    assert "add up to 120%" in found[0].message


def inventory(csv_file, *texts, status="ok"):
    rows = [((text,), [0.9, 0.05, 0.05], "", False, status) for text in texts]
    tasks = read_scored(scored_csv(csv_file, rows, ("task",)))
    return [(found.kind, found.rows) for found in find_problems(tasks, weigh(tasks))]


def test_a_clean_inventory_has_no_findings(csv_file):
    assert inventory(csv_file, "Post invoices", "Console a mourner", "Wash a patient") == []


@pytest.mark.parametrize("texts", [("Post invoices", "post INVOICES."), ("Post invoices", "  Post   invoices ")])
def test_the_same_words_are_the_same_in_any_spelling(csv_file, texts):
    assert inventory(csv_file, *texts) == [("duplicate", (0, 1))]


def test_two_words_in_common_are_too_few_to_ask_about(csv_file):
    assert inventory(csv_file, "Post invoices", "Invoices: posting") == []


def test_kinds_stand_in_one_order_and_the_heaviest_first(csv_file):
    rows = [((text, hours), [0.9, 0.05, 0.05], "", False, status) for text, hours, status in [
        ("Misc", 1, "vague"), ("Other", 5, "vague"), ("A and then B", 2, "compound"), ("Post mail", 3, "ok"),
        ("post mail", 3, "ok")]]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("task", "hours")))
    found = find_problems(tasks, weigh(tasks))
    assert [(one.kind, one.weight) for one in found] == [("duplicate", 6), ("compound", 2), ("vague", 5), ("vague", 1)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Check mail; post invoices", ["Check mail", "Post invoices"]),
        ("Check mail and then post invoices", ["Check mail", "Post invoices"]),
        ("Check mail, and also post invoices.", ["Check mail", "Post invoices"]),
        ("Prüfe Post; öffne Briefe; lege ab", ["Prüfe Post", "Öffne Briefe", "Lege ab"]),
        ("Research and development", ["Research and development"]),
        ("Post invoices", ["Post invoices"]),
        ("", [""]),
        (";", [";"]),
        ("and", ["and"]),
    ],
)
def test_a_split_keeps_the_words_of_each_part(text, parts):
    assert propose_split(text) == parts


@given(st.text(max_size=80))
def test_a_split_is_the_text_itself_or_several_parts_of_two_words(text):
    parts = propose_split(text)
    assert parts == [text] or (len(parts) > 1 and all(len(part.split()) >= 2 for part in parts))
