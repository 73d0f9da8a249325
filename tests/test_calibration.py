import numpy as np
import pytest

from taskfit.calibration import mixture, platt_scaling, vector_scaling
from taskfit.evaluation import calibration_error

CLASSES = ["a", "b", "c"]


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture
def overconfident():
    """Labels drawn from honest scores, and the same scores blown up five times."""
    random = np.random.default_rng(0)
    honest = random.normal(size=(4000, 3))
    drawn = [random.choice(3, p=row) for row in softmax(honest)]
    return honest * 5, np.array(CLASSES)[drawn]


def test_vector_scaling_finds_the_factor_that_made_scores_overconfident(overconfident):
    scores, labels = overconfident
    scale, shift = vector_scaling(scores, labels, CLASSES)
    assert scale == pytest.approx([0.2, 0.2, 0.2], abs=0.03)
    assert shift - shift.mean() == pytest.approx([0, 0, 0], abs=0.15)


def test_vector_scaling_lowers_the_calibration_error_on_new_tasks(overconfident):
    scores, labels = overconfident
    scale, shift = vector_scaling(scores[:2000], labels[:2000], CLASSES)

    def error(probabilities):
        right = np.array(CLASSES)[probabilities.argmax(axis=1)] == labels[2000:]
        return calibration_error(right, probabilities.max(axis=1))

    assert error(softmax(scale * scores[2000:] + shift)) < 0.25 * error(softmax(scores[2000:]))


def test_vector_scaling_follows_the_order_of_the_columns(overconfident):
    scores, labels = overconfident
    turned = [2, 0, 1]
    scale, _ = vector_scaling(scores, labels, CLASSES)
    other, _ = vector_scaling(scores[:, turned], labels, [CLASSES[at] for at in turned])
    assert other == pytest.approx(scale[turned], abs=1e-3)


def test_a_few_separable_tasks_do_not_explode():
    scale, shift = vector_scaling(np.eye(3) * 2 - 1, np.array(CLASSES), CLASSES)
    assert np.isfinite([*scale, *shift]).all()
    assert scale.max() <= 20


def test_platt_scaling_makes_shares_match():
    random = np.random.default_rng(1)
    scores = random.normal(size=(4000, 2)) * [3, 1]
    decisive = random.random((4000, 2)) < 1 / (1 + np.exp(-(scores * [1 / 3, 2] + [1, -1])))
    scale, shift = platt_scaling(scores, decisive)
    assert scale == pytest.approx([1 / 3, 2], rel=0.2)
    assert shift == pytest.approx([1, -1], abs=0.15)


@pytest.mark.parametrize("value", [True, False])
def test_a_column_with_one_value_is_left_alone(value):
    scale, shift = platt_scaling(np.ones((5, 1)), np.full((5, 1), value))
    assert (scale[0], shift[0]) == (1, 0)


def test_no_tasks_leave_scores_alone():
    scale, shift = platt_scaling(np.empty((0, 1)), np.empty((0, 1), dtype=bool))
    assert (scale[0], shift[0]) == (1, 0)


def test_a_mixture_finds_what_each_model_adds():
    random = np.random.default_rng(1)
    one, two = random.normal(size=(2, 6000, 3))
    labels = np.array(CLASSES)[[random.choice(3, p=row) for row in softmax(2.0 * one + 0.5 * two)]]
    assert mixture(one, two, labels, CLASSES) == pytest.approx((2.0, 0.5), abs=0.15)


def test_a_mixture_gives_nothing_to_a_model_that_misleads():
    random = np.random.default_rng(2)
    one = random.normal(size=(3000, 3))
    labels = np.array(CLASSES)[[random.choice(3, p=row) for row in softmax(one)]]
    assert mixture(one, -one, labels, CLASSES)[1] == 0


def loss(logits, labels):
    truth = [CLASSES.index(label) for label in labels]
    return -np.log(softmax(logits)[np.arange(len(truth)), truth]).mean()


@pytest.mark.parametrize("factor", [0.1, 1.0, 8.0])
def test_vector_scaling_never_makes_what_it_was_fitted_on_less_likely(factor):
    random = np.random.default_rng(3)
    scores = random.normal(size=(300, 3)) * factor
    labels = random.choice(CLASSES, size=300)
    scale, shift = vector_scaling(scores, labels, CLASSES)
    assert loss(scale * scores + shift, labels) <= loss(scores, labels) + 1e-6
    assert ((scale >= 0.05) & (scale <= 20)).all()
    assert (np.abs(shift) <= 10).all()


def test_a_class_that_is_never_true_is_pushed_down():
    scores = np.random.default_rng(4).normal(size=(500, 3))
    labels = np.array(CLASSES)[scores[:, :2].argmax(axis=1)]
    scale, shift = vector_scaling(scores, labels, CLASSES)
    assert softmax(scale * scores + shift)[:, 2].mean() < 0.05


def test_platt_scaling_treats_each_column_by_itself():
    random = np.random.default_rng(5)
    scores, decisive = random.normal(size=(200, 3)), random.random((200, 3)) < 0.3
    together = platt_scaling(scores, decisive)
    for column in range(3):
        alone = platt_scaling(scores[:, [column]], decisive[:, [column]])
        assert (together[0][column], together[1][column]) == (alone[0][0], alone[1][0])


def test_a_mixture_of_a_model_with_itself_counts_both_alike():
    random = np.random.default_rng(6)
    one = random.normal(size=(2000, 3))
    labels = np.array(CLASSES)[[random.choice(3, p=row) for row in softmax(one)]]
    first, second = mixture(one, one, labels, CLASSES)
    assert first == pytest.approx(second, abs=1e-3)
    assert first + second == pytest.approx(1, abs=0.15)


def test_a_mixture_is_bounded_where_one_model_is_always_right():
    sure = np.repeat(np.eye(3), 5, axis=0)
    first, second = mixture(sure, np.zeros((15, 3)), np.repeat(CLASSES, 5), CLASSES)
    assert 1 < first <= 20
    assert 0 <= second <= 20
