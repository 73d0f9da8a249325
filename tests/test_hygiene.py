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
    assert "2 roles" in found["duplicate"].message
    assert found["worded_alike"].rows == (0, 1, 2)
    assert found["compound"].message == "File contracts | Chase signatures"
    assert found["vague"].rows == (4,)
    assert found["too_much"].rows == (5,)
    assert found["no_weight"].rows == (6,)


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
