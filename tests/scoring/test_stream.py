import pytest

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import MISSING, Row
from taskfit.scoring import FIT_COLUMNS, Tally, kept_columns, score_rows
from taskfit.scoring import stream as streams


def rows(*texts, start=2):
    return [Row((text, f"id{n}"), n) for n, text in enumerate(texts, start=start)]


def score(model, *chunks, **options):
    return list(score_rows(chunks, model, text=0, keep=[0, 1], **options))


TEXTS = ["Match invoices to orders", "Console a mourner", "", "Match invoices to orders", "7"]


def test_rows_come_back_in_order_with_their_cells(model):
    (chunk,) = score(model, rows(*TEXTS))
    assert [row[:2] for row in chunk.rows] == [(text, f"id{n}") for n, text in enumerate(TEXTS, start=2)]
    assert all(len(row) == 2 + len(FIT_COLUMNS) for row in chunk.rows)
    assert chunk.rows[0][2:] == chunk.rows[3][2:]


def test_the_tally_counts_every_row_once(model):
    (chunk,) = score(model, rows(*TEXTS))
    assert (chunk.tally.read, chunk.tally.scored, chunk.tally.blank, chunk.tally.skipped) == (5, 3, 1, 1)


def test_tallies_add_up():
    assert Tally(1, 2, 3, 4, 5) + Tally(1, 1, 1, 1, 1) == Tally(2, 3, 4, 5, 6)


def test_chunks_make_no_difference(model):
    whole = [row for chunk in score(model, rows(*TEXTS)) for row in chunk.rows]
    single = [row for chunk in score(model, *[[row] for row in rows(*TEXTS)]) for row in chunk.rows]
    assert whole == single


def test_each_distinct_text_is_assessed_once(model, monkeypatch):
    asked = []
    monkeypatch.setattr(type(model), "assess", watch(type(model).assess, asked))
    score(model, rows(*TEXTS), rows(*TEXTS[::-1]))
    assert sorted(asked) == sorted(set(TEXTS))


def watch(assess, asked):
    def wrapped(self, texts, roles=None):
        asked.extend(texts)
        return assess(self, texts, roles)

    return wrapped


def test_what_is_remembered_is_bounded(model, monkeypatch):
    monkeypatch.setattr(streams, "REMEMBERED", 2)
    whole = score(model, *[rows(text) for text in TEXTS * 2])
    assert [chunk.rows[0][2] for chunk in whole[:5]] == [chunk.rows[0][2] for chunk in whole[5:]]


def test_a_ragged_row_is_kept_and_not_labelled(model):
    bad = Row(("Match, post", "x"), 2, "3 fields where the header has 2, surplus 'y'")
    (chunk,) = score(model, [bad, *rows("Console a mourner", start=3)])
    record = dict(zip(FIT_COLUMNS, chunk.rows[0][2:], strict=True))
    assert record["fit_label"] == ""
    assert record["fit_status"] == "ragged"
    assert "surplus 'y'" in record["fit_note"]
    assert chunk.tally.skipped == 1


def test_strict_stops_at_the_first_bad_row(model):
    with pytest.raises(InventoryError, match="line 3: not_a_task"):
        score(model, rows("Match invoices", "7"), strict=True)


def test_strict_lets_blank_rows_pass(model):
    assert score(model, rows("Match invoices", ""), strict=True)


@pytest.mark.parametrize("value", [None, MISSING])
def test_a_missing_cell_is_blank(model, value):
    (chunk,) = score(model, [Row((value, "x"), 2)])
    assert chunk.tally.blank == 1


def test_columns_of_an_earlier_run_are_refused_or_replaced():
    columns = ["task", "fit_label", "owner", "fit_note"]
    with pytest.raises(OutputError, match=r"fit_label, fit_note.*--force"):
        kept_columns(columns, force=False)
    assert kept_columns(columns, force=True) == [0, 2]
    assert kept_columns(["task", "fit"], force=False) == [0, 1]
