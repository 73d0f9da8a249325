import numpy as np
import pytest

from taskfit.explain import Examples

VECTORS = np.eye(3, dtype=np.float32)


@pytest.fixture
def examples():
    return Examples.of(["a", "b", "c"], ["automatable", "augmentable", "human-essential"], ["x", "y", "z"], VECTORS)


def test_the_nearest_come_first(examples):
    near = examples.nearest(np.array([0.1, 0.9, 0.4]), count=2)
    assert [neighbour.text for neighbour in near] == ["b", "c"]
    assert near[0].label == "augmentable"
    assert near[0].source == "y"
    assert near[0].similarity == pytest.approx(0.9)


def test_there_are_never_more_than_there_are(examples):
    assert len(examples.nearest(VECTORS[0], count=10)) == 3


def test_examples_come_back_from_their_files(examples):
    again = Examples.from_files(*examples.to_files())
    assert again.texts == examples.texts
    assert again.labels == examples.labels
    assert again.sources == examples.sources
    assert np.allclose(again.vectors, VECTORS, atol=0.01)


def test_files_that_do_not_belong_together_are_refused(examples):
    rows, _ = examples.to_files()
    _, arrays = Examples.of(["a"], ["automatable"], ["x"], VECTORS[:1]).to_files()
    with pytest.raises(ValueError, match="3 examples but 1 vectors"):
        Examples.from_files(rows, arrays)


def test_familiarity_is_the_highest_cosine_and_the_same_in_any_company():
    random = np.random.default_rng(0)
    known, asked = (random.normal(size=(n, 32)).astype(np.float32) for n in (50, 2500))
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    asked[0] = known[7]
    examples = Examples.of(["x"] * 50, ["automatable"] * 50, ["y"] * 50, known)
    together = examples.familiarity(asked)
    assert together == pytest.approx((asked @ known.T).max(axis=1), abs=0.02)
    assert together[0] == pytest.approx(1, abs=0.02)
    alone = [examples.familiarity(asked[row : row + 1])[0] for row in range(0, 2500, 97)]
    assert together[::97].tolist() == alone
