import json

import numpy as np
import pytest

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
