import pytest
from click.testing import CliRunner

from taskfit.cli import main
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
    assert (result.guard_first.automatable, result.guard_second.automatable) == (10, 18)
    assert result.guard_second.wrongly_automated == pytest.approx(10 * 0.01 + 8 * 0.02)
    assert result.to_dict()["guard_second"]["at_risk"] == pytest.approx(10 * 0.04 + 8 * 0.30)


def test_hours_never_stand_without_their_guard_on_the_command_line(csv_file):
    shown = CliRunner().invoke(main, ["compare", str(team(csv_file, "a.csv")), str(team(csv_file, "b.csv"))]).stdout
    for name in "AB":
        assert f"{name}: called automatable 20 hours, 16 hours of it sure enough to start with; of it 0.8" in shown


def test_a_move_that_a_barrier_made_says_so(csv_file):
    row = (("A", "clerk", "Post invoices", 10), [0.96, 0.03, 0.01], "", False)
    before = read_scored(scored_csv(csv_file, [(*row, "ok")], name="a.csv"))
    after = read_scored(scored_csv(csv_file, [(*row, "barred", "augmentable")], name="b.csv"))
    assert compare(before, after, weigh(after)).moves[0].why == "settled by a barrier"


def test_different_rubrics_and_different_inventories_are_refused(csv_file):
    tasks = read_scored(team(csv_file))
    with pytest.raises(InventoryError, match="different rubrics"):
        compare(tasks, tasks, weigh(tasks), records=({"schema": "one"}, {"schema": "two"}))
    other = read_scored(
        scored_csv(csv_file, [(("A", "x", "Sing a song", 1), [0.1, 0.1, 0.8], "c", False, "ok")], name="c.csv")
    )
    with pytest.raises(InventoryError, match="share no task"):
        compare(tasks, other, weigh(other))


def two(csv_file, first, second, columns=("role", "task", "hours")):
    one, other = (read_scored(scored_csv(csv_file, rows, columns, name=f"{name}.csv")) for name, rows in
                  (("a", first), ("b", second)))  # fmt: skip
    return compare(one, other, weigh(other))


def row(task, chances=(0.96, 0.03, 0.01), status="ok", *label, role="clerk", hours=3):
    return ((role, task, hours), list(chances), "", False, status, *label)


def test_a_file_beside_itself_has_no_moves(csv_file):
    tasks = read_scored(team(csv_file))
    result = compare(tasks, tasks, weigh(tasks))
    assert (result.shared, result.moves, result.only_first, result.only_second) == (6, [], 0, 0)
    assert sum(map(sum, result.table)) == 40
    assert result.guard_first == result.guard_second


def test_rows_are_matched_by_task_and_role_in_any_order_and_spelling(csv_file):
    result = two(csv_file, [row("Post"), row("Send"), row("Post", role="nurse")],
                 [row(" SEND."), row("post", role="Clerk"), row("Post", role="cook")])  # fmt: skip
    assert (result.shared, result.only_first, result.only_second) == (2, 1, 1)


def test_repeated_tasks_are_matched_one_by_one(csv_file):
    result = two(csv_file, [row("Post")] * 3, [row("Post")] * 2 + [row("Post", (0.1, 0.8, 0.1))] * 2)
    assert (result.shared, result.only_first, result.only_second) == (3, 0, 1)
    assert len(result.moves) == 1


def test_moves_stand_heaviest_first_and_make_up_the_table(csv_file):
    names = [f"Task {at}" for at in range(4)]
    result = two(csv_file, [row(name) for name in names],
                 [row(name, (0.1, 0.8, 0.1), hours=at + 1) for at, name in enumerate(names)])  # fmt: skip
    assert [move.weight for move in result.moves] == [4, 3, 2, 1]
    assert result.table == [[0, 10, 0], [0, 0, 0], [0, 0, 0]]
    assert result.guard_first.automatable == 10
    assert result.guard_second.automatable == 0


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        (row("Post"), row("Post", (0.2, 0.7, 0.1)), "automatable 96% → 20%"),
        (
            row("Post"),
            row("Post", (0.96, 0.03, 0.01), "ok", "augmentable"),
            "the same chances, decided by another policy",
        ),
        (row("Post"), row("Post", (0.96, 0.03, 0.01), "reviewed", "augmentable"), "settled by a person"),
        (row("Post"), row("Post", (0.96, 0.03, 0.01), "barred", "augmentable"), "settled by a barrier"),
        (row("Post", (0.96, 0.03, 0.01), "reviewed", "augmentable"), row("Post"), "no longer "),
    ],
)
def test_every_move_has_a_reason(csv_file, was, now, why):
    assert two(csv_file, [was], [now]).moves[0].why.startswith(why)


def test_rows_without_a_label_are_in_neither_file(csv_file):
    blank = (("clerk", "n/a", ""), [], "", True, "not_a_task")
    result = two(csv_file, [row("Post"), blank], [row("Post"), blank, blank])
    assert (result.shared, result.only_first, result.only_second) == (1, 0, 0)


@pytest.mark.parametrize(
    "records", [(None, None), ({"schema": "a"}, None), ({}, {}), ({"schema": "a"}, {"schema": "a"})]
)
def test_records_that_do_not_differ_are_no_hindrance(csv_file, records):
    tasks = read_scored(team(csv_file))
    assert compare(tasks, tasks, weigh(tasks), records=records).shared == 6
