import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskfit.explain import Examples

VECTORS = np.eye(3, dtype=np.float32)


@pytest.fixture
def examples():
    return Examples.of(["a", "b", "c"], ["automatable", "augmentable", "human-essential"], ["x", "y", "z"], VECTORS)


def test_the_nearest_come_first(examples):
    near = examples.nearest(np.array([1.0, 8.0, 4.0]), count=2)
    assert [neighbour.text for neighbour in near] == ["b", "c"]
    assert near[0].label == "augmentable"
    assert near[0].source == "y"
    assert near[0].similarity == pytest.approx(8 / 9)


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


@pytest.mark.parametrize("limit", [-1, 0.2, 0.4, 0.6, 2])
def test_unlike_is_what_familiarity_says(limit):
    random = np.random.default_rng(0)
    known, asked = (random.normal(size=(n, 16)).astype(np.float32) for n in (1700, 400))
    examples = Examples.of(["x"] * 1700, ["automatable"] * 1700, ["y"] * 1700, known)
    expected = examples.familiarity(asked) < limit
    assert examples.unlike(asked, limit).tolist() == expected.tolist()
    assert [bool(examples.unlike(asked[[row]], limit)[0]) for row in range(0, 400, 41)] == expected[::41].tolist()


def test_long_vectors_are_no_nearer_than_short_ones():
    random = np.random.default_rng(1)
    known = random.normal(size=(40, 24)).astype(np.float32)
    lengths = random.uniform(0.5, 3, size=(40, 1)).astype(np.float32)
    asked = random.normal(size=24).astype(np.float32)
    texts = [str(number) for number in range(40)]
    plain = Examples.of(texts, texts, texts, known)
    for examples in (Examples.of(texts, texts, texts, known * lengths), Examples.from_files(*plain.to_files())):
        for own in (known[3], 9 * known[3]):
            assert examples.nearest(own, count=1)[0].text == "3"
            assert examples.nearest(own, count=1)[0].similarity == pytest.approx(1, abs=0.02)
            assert examples.familiarity(own[None])[0] == pytest.approx(1, abs=0.02)
        near = examples.nearest(7 * asked, count=40)
        assert all(-1 - 1e-6 <= neighbour.similarity <= 1 + 1e-6 for neighbour in near)
        assert [neighbour.text for neighbour in near[:3]] == [n.text for n in plain.nearest(asked)]
    assert (plain.familiarity(np.vstack([asked, 2 * asked, np.zeros(24)])) <= 1 + 1e-6).all()


def test_equally_near_tasks_stand_in_the_order_they_were_given(examples):
    assert [neighbour.text for neighbour in examples.nearest(np.ones(3))] == ["a", "b", "c"]


def test_a_vector_of_zeros_is_near_nothing_and_no_failure(examples):
    assert {neighbour.similarity for neighbour in examples.nearest(np.zeros(3))} == {0.0}
    assert examples.familiarity(np.zeros((2, 3))).tolist() == [0, 0]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_there_are_as_many_as_were_asked_for(examples, count):
    assert len(examples.nearest(VECTORS[0], count)) == count


@pytest.mark.parametrize("texts", [["one"], ["Prüfe 任務", 'say "so"', "line\nbreak"], ["same", "same"]])
@pytest.mark.parametrize("dimension", [1, 2, 7])
def test_texts_come_back_as_they_were_whatever_the_dimension(texts, dimension):
    vectors = np.random.default_rng(0).normal(size=(len(texts), dimension)).astype(np.float32)
    examples = Examples.of(texts, ["augmentable"] * len(texts), ["x"] * len(texts), vectors)
    again = Examples.from_files(*examples.to_files())
    assert again.texts == tuple(texts)
    assert again.vectors.shape == vectors.shape
    assert np.allclose(np.linalg.norm(again.vectors, axis=1), 1)


def test_four_bits_move_a_cosine_little():
    vectors = np.random.default_rng(0).normal(size=(50, 384)).astype(np.float32)
    examples = Examples.of(["t"] * 50, ["augmentable"] * 50, ["x"] * 50, vectors)
    again = Examples.from_files(*examples.to_files())
    assert (examples.vectors * again.vectors).sum(axis=1).min() > 0.98


@given(arrays(np.float32, (4, 6), elements=st.floats(-10, 10, width=32)))
def test_familiarity_is_a_cosine(vectors):
    examples = Examples.of(["t"] * 4, ["augmentable"] * 4, ["x"] * 4, vectors)
    found = examples.familiarity(vectors)
    assert (found >= 0).all()
    assert (found <= 1 + 1e-5).all()
    known = np.abs(vectors).max(axis=1) > 1e-3
    assert found[known] == pytest.approx(1, abs=0.02)


def test_no_examples_come_back_as_none():
    none = Examples.of([], [], [], np.zeros((0, 4), dtype=np.float32))
    assert Examples.from_files(*none.to_files()).texts == ()
