import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.evaluation import agreement, krippendorff_alpha

A, G, H = "automatable", "augmentable", "human-essential"


def test_equal_labels_agree_completely():
    result = agreement([A, G, H, A], [A, G, H, A])
    assert (result.accuracy, result.kappa, result.alpha, result.ordinal_alpha) == (1, 1, 1, 1)


def test_kappa_takes_chance_away():
    # Half agree; each rater uses each of two labels half the time, so that is what chance gives.
    result = agreement([A, A, H, H], [A, H, A, H])
    assert result.accuracy == 0.5
    assert result.kappa == pytest.approx(0)


def test_alpha_is_the_one_worked_by_hand():
    # Coincidences: AA 4, HH 2, AH 1, HA 1; totals 5 and 3 of 8.
    levels = np.array([[0, 0, 0, 1], [0, 0, 1, 1]])
    observed, expected = 2 / 8, 2 * 5 * 3 / (8 * 7)
    assert krippendorff_alpha(levels, ordinal=False) == pytest.approx(1 - observed / expected)


def test_ordinal_measures_forgive_a_near_miss_more_than_a_far_one():
    first = [A, A, G, G, H, H] * 5
    near = [G, A, G, G, H, H] * 5
    far = [H, A, G, G, H, H] * 5
    assert agreement(first, near).ordinal_alpha > agreement(first, far).ordinal_alpha
    assert agreement(first, near).weighted_kappa > agreement(first, far).weighted_kappa


def test_one_label_everywhere_is_agreement():
    assert agreement([A, A], [A, A]).kappa == 1
    assert agreement([A, A], [A, A]).alpha == 1


def test_confusion_has_the_first_rater_in_rows():
    assert agreement([A, H], [G, H]).confusion == [[0, 1, 0], [0, 0, 0], [0, 0, 1]]


def test_drivers_are_compared_as_decisive_or_not():
    one = np.array([[2, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 2, 0, 0, 0], [2, 0, 0, 0, 0]], dtype=np.int8)
    two = np.array([[2, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [2, 0, 0, 0, 0]], dtype=np.int8)
    result = agreement([H, A, H, H], [H, A, H, H], drivers=(one, two))
    assert result.drivers["empathy"] == 1
    assert result.drivers["presence"] == 0
    assert result.drivers["creativity"] == 1


def test_groups_are_measured_apart():
    result = agreement([A, H, A, H], [A, H, H, A], groups=["hr", "hr", "it", "it"])
    assert result.groups == {"hr": (2, 1.0), "it": (2, -1.0)}


def test_words_that_split_come_first():
    texts = [f"confer with partner {n}" for n in range(6)] + [f"post record {n}" for n in range(6)]
    result = agreement([G] * 6 + [A] * 6, [H] * 5 + [G] + [A] * 6, texts=texts)
    assert {word for word, _, _ in result.words} == {"confer", "with", "partner"}
    assert result.words[0][1:] == (6, 5)


def test_the_result_is_json():
    result = agreement([A, G], [A, H], texts=["match", "draft"])
    assert json.loads(json.dumps(result.to_dict()))["n"] == 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([A, G, H]), st.sampled_from([A, G, H])), min_size=2, max_size=30))
def test_agreement_is_the_same_whoever_is_asked_first(pairs):
    one, two = map(list, zip(*pairs, strict=True))
    there, back = agreement(one, two), agreement(two, one)
    assert there.confusion == [list(row) for row in zip(*back.confusion, strict=True)]
    for name in ("accuracy", "kappa", "weighted_kappa", "alpha", "ordinal_alpha"):
        assert getattr(there, name) == pytest.approx(getattr(back, name))
        assert getattr(there, name) <= 1 + 1e-9
    assert agreement(one, one).alpha == agreement(one, one).ordinal_alpha == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=20))
def test_alpha_does_not_depend_on_the_order_of_tasks(pairs):
    levels = np.array(pairs).T
    for ordinal in (False, True):
        shuffled = krippendorff_alpha(levels[:, ::-1], ordinal=ordinal)
        assert shuffled == pytest.approx(krippendorff_alpha(levels, ordinal=ordinal))


def test_one_task_is_compared():
    assert agreement([A], [H]).accuracy == 0
    assert agreement([A], [A]).kappa == 1


def test_words_of_few_tasks_and_words_that_never_split_are_not_shown():
    texts = ["rare words"] + [f"post record {n}" for n in range(6)]
    assert agreement([G] + [A] * 6, [H] + [A] * 6, texts=texts).words == []


def test_a_word_counts_once_a_task_whatever_its_letters():
    texts = [f"Confer, confer and CONFER {n}" for n in range(5)]
    assert agreement([G] * 5, [H] * 5, texts=texts).words[0][1:] == (5, 5)
    assert len(agreement([G] * 5, [H] * 5, texts=texts).words) == 2


def test_without_extras_there_are_none():
    result = agreement([A, H], [A, H])
    assert (result.drivers, result.groups, result.words) == ({}, {}, [])
