"""What scoring writes beside a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.errors import OutputError
from taskfit.labels import DRIVERS, LABELS
from taskfit.scoring import FIT_COLUMNS, Assessment, kept_columns
from taskfit.scoring.columns import cells

AT = list(FIT_COLUMNS).index
CHANCES = slice(AT("fit_p_automatable"), AT("fit_p_human_essential") + 1)


@st.composite
def assessments(draw):
    parts = draw(st.lists(st.floats(1e-6, 1), min_size=3, max_size=3))
    chances = [part / sum(parts) for part in parts]
    drivers = draw(st.none() | st.lists(st.floats(0, 1), min_size=5, max_size=5))
    return Assessment(
        text=draw(st.text()),
        label=draw(st.sampled_from(LABELS)),
        probabilities=dict(zip(LABELS, chances, strict=True)),
        drivers=None if drivers is None else dict(zip(DRIVERS, drivers, strict=True)),
        review=draw(st.booleans()),
        note=draw(st.text()),
    )


@given(assessments())
def test_there_is_one_cell_a_column_and_its_type_is_the_columns(assessment):
    row = cells(assessment)
    assert len(row) == len(FIT_COLUMNS)
    for value, kind in zip(row, FIT_COLUMNS.values(), strict=True):
        assert value is None or type(value) is kind


@given(assessments())
def test_written_chances_sum_to_one_and_the_confidence_is_one_of_them(assessment):
    row = cells(assessment)
    assert sum(row[CHANCES]) == pytest.approx(1, abs=1e-12)
    assert row[AT("fit_confidence")] == row[AT("fit_p_" + assessment.label.replace("-", "_"))]


@given(assessments())
def test_rounding_moves_no_chance_further_than_it_must(assessment):
    for label, written in zip(LABELS, cells(assessment)[CHANCES], strict=True):
        assert abs(written - assessment.probabilities[label]) <= 1.5e-4 + 1e-9
        assert written == round(written, 4)


def test_a_third_each_is_written_as_a_whole():
    row = cells(Assessment("x", "augmentable", probabilities=dict.fromkeys(LABELS, 1 / 3)))
    assert row[CHANCES] == (0.3334, 0.3333, 0.3333)


def test_decisive_drivers_stand_in_one_cell_in_their_order():
    assessment = Assessment("x", "human-essential", probabilities=dict.fromkeys(LABELS, 1 / 3),
                            decisive=("presence", "empathy"))  # fmt: skip
    assert cells(assessment)[AT("fit_drivers")] == "presence; empathy"


def test_a_model_without_drivers_leaves_their_cells_empty():
    row = cells(Assessment("x", "automatable", probabilities=dict.fromkeys(LABELS, 1 / 3)))
    assert row[AT(f"fit_{DRIVERS[0]}") : AT("fit_drivers")] == (None,) * len(DRIVERS)


@pytest.mark.parametrize("status", ["blank", "not_a_task", "ragged"])
def test_what_has_no_label_has_no_number_either(status):
    row = cells(Assessment("x", status=status, review=True, note="why"))
    assert row == ("", *[None] * 9, "", True, status, "why")


def test_the_text_of_a_task_is_in_no_cell():
    row = cells(Assessment("secret", "automatable", probabilities=dict.fromkeys(LABELS, 1 / 3)))
    assert "secret" not in map(str, row)


@given(st.lists(st.text(max_size=8) | st.sampled_from(list(FIT_COLUMNS)), max_size=12))
def test_forced_the_columns_that_stay_are_all_but_ours_in_order(columns):
    kept = [columns[position] for position in kept_columns(columns, force=True)]
    assert kept == [name for name in columns if name not in FIT_COLUMNS]


def test_all_clashing_columns_are_named_with_the_way_out():
    with pytest.raises(OutputError, match=r"already has fit_label, fit_note: replace them with --force, or rename"):
        kept_columns(["task", "fit_label", "fit_note"], force=False)


@pytest.mark.parametrize("name", ["fit_mine", "FIT_LABEL", "label", " fit_label"])
def test_only_our_own_names_clash(name):
    assert kept_columns(["task", name], force=False) == [0, 1]
