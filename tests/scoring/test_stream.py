import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import MISSING, Chunk, Row
from taskfit.labels import LABELS
from taskfit.scoring import FIT_COLUMNS, Assessment, Tally, kept_columns, score_rows
from taskfit.scoring import stream as streams
from taskfit.scoring.columns import cells
from taskfit.scoring.overrides import Override, question_key


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
    assert Tally(1, 2, 3, 4, 5, 6, 7, 8) + Tally(1, 1, 1, 1, 1, 1, 1, 1) == Tally(2, 3, 4, 5, 6, 7, 8, 9)


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


def test_barriers_are_applied_after_decisions_and_both_are_counted(model):
    overrides = {question_key(TEXTS[0], ""): Override("automatable", "Ada", "", "we can"),
                 question_key(TEXTS[1], ""): Override("augmentable", "Ada", "", "by mail")}  # fmt: skip
    read = [Row((text, "yes"), 2) for text in TEXTS]
    (chunk,) = score(model, read, overrides=overrides, barriers={"law": 1})
    records = [dict(zip(FIT_COLUMNS, row[2:], strict=True)) for row in chunk.rows]
    assert [record["fit_label"] for record in records] == ["augmentable", "augmentable", "", "augmentable", ""]
    assert [record["fit_status"] for record in records[:2]] == ["barred", "reviewed"]
    assert "settled by Ada: we can" in records[0]["fit_note"]
    assert (chunk.tally.decided, chunk.tally.agree, chunk.tally.barred) == (3, 2, 2)


def fake(questions):
    """Answers of no model: digits are no task, everything else is automatable."""
    return [
        cells(Assessment(text, status="not_a_task", review=True, note="no words"))
        if text.isdigit()
        else cells(Assessment(text, status="blank"))
        if not text
        else cells(
            Assessment(
                text, "automatable", 0.9, dict(zip(LABELS, (0.9, 0.08, 0.02), strict=True)), note=f"{text}/{role}"
            )
        )
        for text, role in questions
    ]


def scored_by_fake(*chunks, **options):
    return list(score_rows(chunks, None, text=0, keep=[0, 1], workers=options.pop("workers", fake), **options))


words = st.sampled_from(["Post", "Send", "File", "7", "", "post", "Pöst 任務"])


@given(st.lists(st.lists(words, max_size=6), max_size=6))
def test_every_row_comes_back_once_in_its_chunk_with_its_own_cells(texts):
    chunks = [rows(*chunk, start=100 * at) for at, chunk in enumerate(texts)]
    found = scored_by_fake(*chunks)
    assert [[row[:2] for row in chunk.rows] for chunk in found] == [[row.cells for row in chunk] for chunk in chunks]
    assert all(len(row) == 2 + len(FIT_COLUMNS) for chunk in found for row in chunk.rows)
    total = sum((chunk.tally for chunk in found), Tally())
    assert total.read == total.scored + total.blank + total.skipped == sum(map(len, texts))


@given(st.lists(words, max_size=12), st.integers(1, 5))
def test_each_question_is_asked_once_however_it_is_cut(texts, size):
    asked = []

    def listen(questions):
        asked.extend(questions)
        return fake(questions)

    whole = rows(*texts)
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    found = scored_by_fake(*chunks, workers=listen)
    assert sorted(asked) == sorted({(text, "") for text in texts})
    assert [row for chunk in found for row in chunk.rows] == [
        row for chunk in scored_by_fake(whole) for row in chunk.rows
    ]


def test_a_role_is_part_of_the_question():
    found = scored_by_fake([Row(("Post", "clerk"), 2), Row(("Post", "nurse"), 3), Row(("Post", None), 4)], role=1)
    assert [row[-1] for row in found[0].rows] == ["Post/clerk", "Post/nurse", "Post/"]


def test_nothing_is_read_before_it_is_asked_for():
    def chunks():
        yield rows("Post")
        raise AssertionError("read too far")

    stream = score_rows(chunks(), None, text=0, keep=[0], workers=fake)
    assert next(stream).tally.read == 1


@pytest.mark.parametrize("text", ["7", "123"])
def test_strict_names_the_line_and_the_way_out(text):
    with pytest.raises(InventoryError, match=r"line 3: not_a_task \(no words\); mend it, or leave --strict out"):
        scored_by_fake(rows("Post", text), strict=True)


def test_decisions_reach_no_row_without_a_task():
    overrides = {question_key("7", ""): Override("automatable", "Ada", "", "")}
    chunk = scored_by_fake(rows("7"), overrides=overrides)[0]
    assert chunk.tally == Tally(read=1, review=1, skipped=1)


def test_a_decision_that_agrees_is_counted_as_one():
    overrides = {question_key("Post", ""): Override("automatable", "Ada", "", ""),
                 question_key("Send", ""): Override("augmentable", "Ada", "", "")}  # fmt: skip
    tally = scored_by_fake(rows("Post", "POST.", "Send", "File"), overrides=overrides)[0].tally
    assert (tally.decided, tally.agree) == (3, 2)


def test_only_the_kept_cells_stay():
    found = list(score_rows([rows("Post")], None, text=0, keep=[1], workers=fake))
    assert found[0].rows[0][0] == "id2"
    assert len(found[0].rows[0]) == 1 + len(FIT_COLUMNS)


def test_the_chunk_as_it_was_read_goes_along():
    chunk = Chunk(rows("Post"))
    assert scored_by_fake(chunk)[0].source is chunk
    assert scored_by_fake(list(chunk))[0].source is None


counts = st.builds(Tally, *[st.integers(0, 9)] * 8)


@given(counts, counts, counts)
def test_tallies_add_up_in_any_order(one, two, three):
    assert (one + two) + three == one + (two + three) == (three + two) + one
    assert one + Tally() == one
