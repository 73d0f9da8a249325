import numpy as np
import pytest

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
