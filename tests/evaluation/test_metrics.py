import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from taskfit.evaluation import Metrics, calibration_error, measure, reliability_table
from taskfit.labels import LABELS

A, G, H = LABELS
TRUTH = [A, A, A, A, G, G, G, H, H, H, H, H]
GUESS = [A, A, G, H, G, G, A, H, H, H, A, G]


def test_figures_agree_with_scikit_learn():
    metrics = measure("x", TRUTH, GUESS)
    assert metrics.accuracy == accuracy_score(TRUTH, GUESS)
    assert metrics.macro_f1 == pytest.approx(f1_score(TRUTH, GUESS, average="macro"))
    assert metrics.kappa == pytest.approx(cohen_kappa_score(TRUTH, GUESS))


def test_the_expensive_mistake_stands_by_itself():
    metrics = measure("x", TRUTH, GUESS)
    assert metrics.human_called_automatable_count == 1
    assert metrics.human_count == 5
    assert metrics.human_called_automatable == 0.2
    assert metrics.automatable_called_human == 0.25
    assert metrics.confusion == [[2, 1, 1], [1, 2, 0], [1, 1, 3]]


def test_the_upper_bound_is_the_rule_of_three_where_nothing_went_wrong():
    metrics = measure("x", [H] * 300, [H] * 300)
    assert metrics.human_called_automatable == 0
    assert metrics.human_called_automatable_upper == pytest.approx(3 / 300, rel=0.05)


def test_without_human_tasks_nothing_is_bounded():
    assert measure("x", [A, G], [A, G]).human_called_automatable_upper == 1.0


def test_per_label_figures_have_support():
    per_label = measure("x", TRUTH, GUESS).per_label
    assert per_label[H] == {"precision": 0.75, "recall": 0.6, "f1": pytest.approx(2 / 3), "support": 5}


def test_complete_agreement_on_one_label_is_a_kappa_of_one():
    assert measure("x", [A, A], [A, A]).kappa == 1.0


def probabilities(confidence, guess):
    rows = np.full((len(guess), 3), 0.0)
    for row, (sure, label) in enumerate(zip(confidence, guess, strict=True)):
        rows[row] = (1 - sure) / 2
        rows[row, LABELS.index(label)] = sure
    return rows


def test_honest_confidence_has_a_small_calibration_error():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.4, 1, size=20_000)
    correct = random.uniform(size=20_000) < confidence
    assert calibration_error(correct, confidence) < 0.015
    assert calibration_error(correct, np.full(20_000, 0.99)) == pytest.approx(0.99 - correct.mean(), abs=0.02)


def test_bins_hold_equally_many_and_rise():
    table = reliability_table([True] * 30, np.linspace(0.1, 0.9, 30), bins=3)
    assert [count for _, _, count in table] == [10, 10, 10]
    assert [round(sure, 2) for sure, _, _ in table] == [0.22, 0.5, 0.78]


def test_calibration_and_confident_accuracy_need_probabilities():
    assert measure("x", TRUTH, GUESS).calibration_error is None
    confidence = [0.9 if truth == guess else 0.4 for truth, guess in zip(TRUTH, GUESS, strict=True)]
    metrics = measure("x", TRUTH, GUESS, probabilities(confidence, GUESS))
    assert metrics.calibration_error is not None
    assert metrics.confident_accuracy == 7 / 9


def test_intervals_hold_the_figure_and_are_repeatable():
    groups = [n // 2 for n in range(12)]
    first = measure("x", TRUTH, GUESS, groups=groups, bootstrap=200)
    low, high = first.intervals["accuracy"]
    assert low <= first.accuracy <= high
    assert low < high
    assert measure("x", TRUTH, GUESS, groups=groups, bootstrap=200) == first


def test_figures_survive_json():
    metrics = measure("x", TRUTH, GUESS)
    assert Metrics.from_dict(json.loads(json.dumps(metrics.to_dict()))) == metrics


labels = st.sampled_from(LABELS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=40))
def test_figures_hang_together_whatever_is_guessed(pairs):
    truth, guess = map(list, zip(*pairs, strict=True))
    metrics = measure("x", truth, guess)
    confusion = np.array(metrics.confusion)
    assert confusion.sum() == metrics.n == len(pairs)
    assert metrics.accuracy == pytest.approx(np.trace(confusion) / metrics.n)
    assert 0 <= metrics.macro_f1 <= 1
    assert -1 <= metrics.kappa <= 1
    assert metrics.human_count == truth.count(H)
    assert metrics.human_called_automatable <= metrics.human_called_automatable_upper <= 1
    assert [figures["support"] for figures in metrics.per_label.values()] == [truth.count(name) for name in LABELS]
    assert measure("x", truth, truth).macro_f1 == measure("x", truth, truth).kappa == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=60), st.integers(1, 20))
def test_bins_hold_every_task_once_and_their_means_rise(tasks, bins):
    correct, confidence = (np.array(column) for column in zip(*tasks, strict=True))
    table = reliability_table(correct, confidence, bins)
    counts = [count for *_, count in table]
    assert sum(counts) == len(tasks)
    assert len(counts) == min(bins, len(tasks))
    assert max(counts) - min(counts) <= 1
    sure = [mean for mean, *_ in table]
    assert np.diff(sure).min(initial=0) >= -1e-12
    assert 0 <= calibration_error(correct, confidence) <= 1


def test_sure_and_right_is_calibrated_and_sure_and_wrong_is_not():
    assert calibration_error([True] * 4, np.ones(4)) == 0
    assert calibration_error([False] * 4, np.ones(4)) == 1


def test_confidence_is_that_of_the_label_given_not_of_the_likeliest():
    metrics = measure("x", [H, H], [H, H], np.array([[0.6, 0, 0.4], [0.6, 0, 0.4]]))
    assert metrics.calibration_error == pytest.approx(0.6)


def test_one_task_has_figures():
    metrics = measure("x", [A], [H], np.array([[0, 0, 1.0]]), bootstrap=3)
    assert (metrics.accuracy, metrics.confident_accuracy, metrics.calibration_error) == (0, 0, 1)
    assert metrics.automatable_called_human == 1
    assert metrics.intervals["accuracy"] == (0, 0)


def test_whole_groups_make_wider_intervals_than_single_tasks():
    truth = [A] * 100 + [H] * 100
    groups = [n // 20 for n in range(200)]
    guess = [A] * 200
    single, whole = (measure("x", truth, guess, groups=g, bootstrap=100).intervals["accuracy"] for g in (None, groups))
    assert whole[1] - whole[0] > 2 * (single[1] - single[0])


def test_another_seed_draws_other_resamples():
    one, two = (measure("x", TRUTH, GUESS, bootstrap=50, random_state=seed).intervals for seed in (0, 1))
    assert one != two
