import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.conformal import LabelSets

NAMES = ("a", "b", "c")


def tasks(n, seed):
    """Return probabilities that are right on average, and labels drawn from them."""
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet((0.4, 0.4, 0.4), size=n)
    drawn = (probabilities.cumsum(axis=1) > random.random((n, 1))).argmax(axis=1)
    return probabilities, [NAMES[label] for label in drawn]


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_every_label_is_covered_as_promised(coverage):
    label_sets = LabelSets.of(*tasks(6000, 0), NAMES)
    probabilities, labels = tasks(20_000, 1)
    sets = label_sets.sets(probabilities, coverage)
    for column, name in enumerate(NAMES):
        rows = [row for row, label in enumerate(labels) if label == name]
        assert sets[rows, column].mean() == pytest.approx(coverage, abs=0.015)


def test_a_higher_promise_gives_larger_sets():
    label_sets = LabelSets.of(*tasks(500, 0), NAMES)
    probabilities, _ = tasks(500, 1)
    sizes = [label_sets.sets(probabilities, coverage).sum() for coverage in (0.8, 0.9, 0.99)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_too_few_tasks_for_the_promise_leave_every_label_possible():
    label_sets = LabelSets.of(*tasks(30, 0), NAMES)
    assert (label_sets.thresholds(0.999) == 1).all()
    assert label_sets.sets(np.array([[1.0, 0.0, 0.0]]), 0.999).all()


def test_no_set_is_empty():
    label_sets = LabelSets((np.zeros(100), np.zeros(100), np.zeros(100)))
    assert label_sets.sets(np.array([[0.4, 0.3, 0.3]]), 0.5).tolist() == [[True, False, False]]


def test_scores_are_those_of_the_true_label_sorted_and_by_label():
    label_sets = LabelSets.of(np.array([[0.7, 0.2, 0.1], [0.9, 0.1, 0], [0.2, 0.5, 0.3]]), ["a", "a", "b"], NAMES)
    assert [scores.tolist() for scores in label_sets.scores] == [pytest.approx([0.1, 0.3]), [0.5], []]


def test_a_threshold_is_the_quantile_with_one_task_more():
    label_sets = LabelSets((np.arange(1, 10) / 10, np.array([0.4]), np.array([])))
    assert label_sets.thresholds(0.5) == pytest.approx([0.5, 0.4, 1])
    assert label_sets.thresholds(0.9) == pytest.approx([0.9, 1, 1])
    assert label_sets.thresholds(0.91) == pytest.approx([1, 1, 1])


def test_what_lies_on_the_threshold_is_possible():
    label_sets = LabelSets((np.full(9, 0.75),) * 3)
    assert label_sets.sets(np.array([[0.5, 0.25, 0.25], [0.625, 0.125, 0.25]]), 0.5).tolist() == [
        [True, True, True], [True, False, True]
    ]  # fmt: skip


def test_no_tasks_have_no_sets():
    assert LabelSets((np.array([]),) * 3).sets(np.empty((0, 3)), 0.9).shape == (0, 3)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=15),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=40),
    st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
)
def test_sets_hold_the_likeliest_label_and_grow_with_the_promise(rows, labels, coverages):
    probabilities = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    fitted = LabelSets.of(np.resize(probabilities, (len(labels), 3)), labels, NAMES)
    small, large = (fitted.sets(probabilities, coverage) for coverage in sorted(coverages))
    assert small[np.arange(len(rows)), probabilities.argmax(axis=1)].all()
    assert (small <= large).all()
