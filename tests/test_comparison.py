import pytest

from taskfit.comparison import compare
from taskfit.errors import InventoryError
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team


def test_moves_are_told_with_hours_and_a_reason(csv_file):
    before = read_scored(team(csv_file, "a.csv"))
    rows = [
        (("South", "analyst", "Draft the report", 8), [0.70, 0.28, 0.02], "", False, "ok"),
        (("North", "clerk", "Post invoices", 10), [0.96, 0.03, 0.01], "", False, "ok"),
        (("North", "clerk", "New work", 3), [0.96, 0.03, 0.01], "", False, "ok"),
    ]  # fmt: skip
    after = read_scored(scored_csv(csv_file, rows, name="b.csv"))
    result = compare(before, after, weigh(after))
    assert (result.shared, result.only_first, result.only_second) == (2, 4, 1)
    move = result.moves[0]
    assert (move.before, move.after, move.weight) == ("augmentable", "automatable", 8)
    assert move.why == "automatable 5% → 70%"
    assert result.table[1][0] == 8
    assert result.table[0][0] == 10


def test_different_rubrics_and_different_inventories_are_refused(csv_file):
    tasks = read_scored(team(csv_file))
    with pytest.raises(InventoryError, match="different rubrics"):
        compare(tasks, tasks, weigh(tasks), records=({"schema": "one"}, {"schema": "two"}))
    other = read_scored(
        scored_csv(csv_file, [(("A", "x", "Sing a song", 1), [0.1, 0.1, 0.8], "c", False, "ok")], name="c.csv")
    )
    with pytest.raises(InventoryError, match="share no task"):
        compare(tasks, other, weigh(other))
