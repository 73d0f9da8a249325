import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.heads import DriverHead, LabelHead
from taskfit.labels import LABELS

numbers = st.floats(-50, 50)


def head(**changes):
    fields = {
        "weights": np.array([[1.0, 0], [0, 1], [-1, -1]]),
        "bias": np.array([0.1, 0.0, -0.1]),
        "scale": np.ones(3),
        "shift": np.zeros(3),
    }
    return LabelHead(LABELS, **(fields | changes))


def test_scores_are_products_and_a_bias():
    assert head().scores(np.array([[2.0, 3.0]]))[0] == pytest.approx([2.1, 3.0, -5.1])


def test_probabilities_are_the_softmax_of_scaled_and_shifted_scores():
    scale, shift = np.array([2.0, 1.0, 0.5]), np.array([0.0, 1.0, -1.0])
    powers = np.exp(scale * np.array([1.1, -1.0, -0.1]) + shift)
    found = head(scale=scale, shift=shift).probabilities(np.array([[1.0, -1.0]]))[0]
    assert found == pytest.approx(powers / powers.sum())


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
def test_probabilities_are_shares_and_do_not_depend_on_company(rows):
    vectors = np.array(rows)
    together = head().probabilities(vectors)
    assert (together >= 0).all()
    assert together.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (np.vstack([head().probabilities(vectors[[row]]) for row in range(len(rows))]) == together).all()


@pytest.mark.parametrize("size", [1e4, -1e4, 1e300])
def test_huge_scores_overflow_nothing(size):
    found = head().probabilities(np.array([[size, 0.0]]))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def test_a_common_shift_changes_no_probability():
    vectors = np.random.default_rng(0).normal(size=(20, 2))
    assert head(shift=np.full(3, 7.0)).probabilities(vectors) == pytest.approx(head().probabilities(vectors))


def test_no_vectors_give_no_rows():
    assert head().scores(np.empty((0, 2))).shape == (0, 3)


def test_vectors_of_32_bits_are_weighed_in_64():
    vectors = np.array([[0.1, 0.2]], dtype=np.float32)
    assert head().scores(vectors).dtype == np.float64
    assert (head().scores(vectors) == head().scores(vectors.astype(np.float64))).all()


def drivers(rows=5):
    return DriverHead(np.eye(rows, 2), np.zeros(rows), np.full(rows, 2.0), np.full(rows, -1.0))


def test_strengths_are_scaled_logistic_scores_each_by_itself():
    found = drivers().strengths(np.array([[3.0, 0.5]]))[0]
    assert found == pytest.approx(1 / (1 + np.exp(-np.array([5.0, 0.0, -1.0, -1.0, -1.0]))))
    assert drivers().scores(np.array([[3.0, 0.5]]))[0].tolist() == [3.0, 0.5, 0, 0, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9))
def test_a_strength_is_a_probability(rows):
    found = drivers().strengths(np.array(rows))
    assert found.shape == (len(rows), 5)
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("rows", [0, 4, 6])
def test_a_driver_head_without_one_row_a_driver_is_refused(rows):
    with pytest.raises(ValueError, match="a head of 5 rows"):
        drivers(rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": np.ones(3)}, "a head of 3 rows"),
        ({"weights": np.ones((2, 2))}, "a head of 3 rows"),
        ({"bias": np.zeros(2)}, "a head of 3 rows"),
        ({"shift": np.zeros((3, 1))}, "a head of 3 rows"),
        ({"scale": np.array([1, np.nan, 1])}, "not finite"),
        ({"weights": np.full((3, 2), np.inf)}, "not finite"),
    ],
)
def test_a_head_that_could_not_score_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        head(**changes)


def test_a_head_with_a_class_twice_is_refused():
    with pytest.raises(ValueError, match="a class twice"):
        LabelHead((LABELS[0], LABELS[0], LABELS[1]), np.eye(3), np.zeros(3), np.ones(3), np.zeros(3))
