from dataclasses import replace

import numpy as np
import pytest

from taskfit.encoders import JointEncoder, StaticEncoder
from taskfit.labelled import read_labelled
from taskfit.labels import DRIVERS, LABELS
from taskfit.tier import RawTier, calibrated
from taskfit.words import fit_words, with_words
from tests import tiny

PAIRS = 4_096


@pytest.fixture(scope="module")
def halves(root):
    tasks = read_labelled(root / "data" / "tasks.csv")
    return tasks.split("train").take(range(1500)), tasks.split("dev").take(range(300))


@pytest.fixture(scope="module")
def words(halves, encoder):
    return fit_words(halves[0], encoder.tokens, PAIRS)


def right(scores, tasks):
    called = scores[:, : len(LABELS)].argmax(axis=1)
    return np.mean([LABELS[index] == label for index, label in zip(called, tasks.labels, strict=True)])


def test_words_alone_tell_much_of_tasks_that_they_were_not_fitted_on(words, halves):
    validation = halves[1]
    assert words.dimension == len(LABELS) + len(DRIVERS)
    majority = max(validation.labels.count(label) for label in LABELS) / len(validation)
    assert right(words.encode(validation.texts), validation) > majority + 0.3


def test_each_driver_is_likelier_where_it_is_decisive(words, halves):
    scores = words.encode(halves[0].texts)[:, len(LABELS) :]
    decisive = halves[0].drivers >= 2
    for column in range(len(DRIVERS)):
        assert scores[decisive[:, column], column].mean() > scores[~decisive[:, column], column].mean() + 1


def test_nothing_to_learn_from_gives_zeros(halves, encoder):
    silent = fit_words(replace(halves[0].take(range(60)), drivers=None), encoder.tokens, 64)
    assert not silent.encode(["Match invoices to orders"])[:, len(LABELS) :].any()


def test_a_blind_tier_hears_words_and_a_good_one_is_not_spoilt(words, halves, encoder):
    validation = halves[1]
    random = np.random.default_rng(0)
    blind = RawTier(encoder, random.normal(size=(8, encoder.dimension)), np.zeros(8), True)
    helped = calibrated(with_words(blind, words, validation), validation)
    assert isinstance(helped.encoder, JointEncoder)
    alone = right(words.encode(validation.texts), validation)
    assert right(helped.probabilities(helped.encoder.encode(validation.texts)), validation) > alone - 0.03


def test_static_vectors_and_words_become_one_table(words, halves, encoder):
    validation = halves[1]
    random = np.random.default_rng(0)
    vectors = random.normal(size=(len(words.table), 12))
    static = StaticEncoder.of(vectors, words.vocabulary, encoder.tokens)
    joined = with_words(RawTier(static, random.normal(size=(8, 12)), np.zeros(8), True), words, validation)
    assert isinstance(joined.encoder, StaticEncoder)
    assert joined.encoder.dimension == 12 + 8
    texts = validation.texts
    assert joined.encoder.encode(texts)[:, :12] == pytest.approx(static.encode(texts), abs=0.02)
    said = joined.encoder.encode(texts) @ joined.weights[:3].T
    expected = static.encode(texts) @ joined.weights[:3, :12].T + joined.weights[0, 12] * words.encode(texts)[:, :3] * (
        static.spread / words.spread
    )
    assert said == pytest.approx(expected, abs=0.15)


def test_words_are_not_joined_twice(words, halves, encoder):
    joined = with_words(RawTier(encoder, np.ones((8, encoder.dimension)), np.zeros(8), True), words, halves[1])
    with pytest.raises(TypeError, match="has words already"):
        with_words(joined, words, halves[1])


@pytest.fixture
def plain(labelled_csv):
    return read_labelled(labelled_csv)


def test_words_of_a_small_file_are_learned_with_and_without_roles(plain):
    words = fit_words(plain, tiny.tokens(), pairs=64)
    assert words.table.shape == (tiny.tokens().vocabulary + 64, len(LABELS) + len(DRIVERS))
    assert right(words.encode(plain.texts), plain) > 0.95
    assert right(words.encode(plain.in_both_forms()[len(plain) :]), plain) > 0.95


def test_fitting_words_twice_gives_the_same_encoder(plain):
    assert fit_words(plain, tiny.tokens(), 64) == fit_words(plain, tiny.tokens(), 64) != fit_words(plain, tiny.tokens())


def test_a_label_that_no_task_has_is_silent(plain):
    two = plain.where(lambda row: plain.labels[row] != LABELS[1])
    words = fit_words(two, tiny.tokens(), 64)
    assert not words.encode(two.texts)[:, 1].any()
    assert right(words.encode(two.texts), two) > 0.95


def test_words_help_a_transformer_that_knows_nothing(plain):
    words = fit_words(plain, tiny.tokens(), 64)
    blind = RawTier(tiny.transformer(), np.zeros((8, tiny.DIMENSION)), np.zeros(8), False)
    joined = with_words(blind, words, plain)
    assert joined.encoder.dimension == tiny.DIMENSION + words.dimension
    scores = joined.encoder.encode(plain.texts) @ joined.weights.T + joined.bias
    assert right(scores, plain) > 0.95
