import pickle

import numpy as np
import pytest

from taskfit.encoders import StaticEncoder
from taskfit.encoders.static import features
from taskfit.errors import EncoderError

TEXTS = ["Match supplier invoices to purchase orders", "Sit with a family", "IT", "Lift a patient by hand"]
VOCABULARY, PAIRS, DIMENSION = 30_522, 500, 16


@pytest.fixture(scope="module")
def static(encoder):
    vectors = np.random.default_rng(0).normal(size=(VOCABULARY + PAIRS, DIMENSION))
    return StaticEncoder.of(vectors, VOCABULARY, encoder.tokens)


def test_a_text_reads_its_tokens_and_its_pairs():
    rows, starts = features([[5, 6, 7], [8, 9]], vocabulary=100, pairs=50)
    assert starts.tolist() == [0, 5, 8]
    assert rows[:3].tolist() == [5, 6, 7]
    assert rows[5:7].tolist() == [8, 9]
    assert ((rows[[3, 4, 7]] >= 100) & (rows[[3, 4, 7]] < 150)).all()
    again, _ = features([[6, 7], [5, 6]], vocabulary=100, pairs=50)
    assert (again[2], again[5]) == (rows[4], rows[3])


def test_a_vector_is_the_mean_of_what_the_text_reads(static):
    rows, _ = features(static.tokens.ids(TEXTS[:1]), VOCABULARY, PAIRS)
    expected = (static.table[rows] * static.scale[rows]).mean(axis=0)
    assert static.encode(TEXTS[:1])[0] == pytest.approx(expected, abs=1e-5)


def test_a_vector_is_bitwise_the_same_in_any_company(static):
    many = static.encode(TEXTS * 200)
    alone = np.vstack([static.encode([text]) for text in TEXTS])
    assert (many.reshape(200, len(TEXTS), -1) == alone).all()


def test_word_order_matters(static):
    one, two = static.encode(["people train machines", "machines train people"])
    assert not np.allclose(one, two)


def test_files_and_pickles_bring_the_same_encoder_back(static):
    vectors = static.encode(TEXTS)
    for again in (StaticEncoder.from_files(static.files()), pickle.loads(pickle.dumps(static))):
        assert again == static
        assert (again.encode(TEXTS) == vectors).all()
    assert static.encode([]).shape == (0, DIMENSION)


def test_a_long_text_is_flagged(static):
    assert static.truncated(["audit the ledger " * 500, "Audit"]).tolist() == [True, False]


@pytest.mark.parametrize("part", ["encoder.json", "table.npz", "tokenizer.json"])
def test_a_missing_or_foreign_part_is_a_clear_error(static, part):
    files = static.files()
    with pytest.raises(EncoderError, match="cannot be read"):
        StaticEncoder.from_files({name: content for name, content in files.items() if name != part})
    with pytest.raises(EncoderError):
        StaticEncoder.from_files({**files, part: b"\xff\x00"})
