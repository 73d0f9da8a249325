import pickle
from dataclasses import replace

import numpy as np
import pytest

from taskfit.encoders import JointEncoder, OnnxEncoder, StaticEncoder
from taskfit.errors import EncoderError

TEXTS = ["Match supplier invoices to purchase orders", "Sit with a family", "IT"]
VOCABULARY, PAIRS = 30_522, 200


@pytest.fixture(scope="module")
def joint(encoder):
    vectors = np.random.default_rng(0).normal(size=(VOCABULARY + PAIRS, 8))
    return JointEncoder.of(encoder, StaticEncoder.of(vectors, VOCABULARY, encoder.tokens))


def test_the_vectors_stand_side_by_side(joint, encoder):
    vectors = joint.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), joint.dimension)
    assert vectors.dtype == np.float32
    assert (vectors[:, : encoder.dimension] == encoder.encode(TEXTS)).all()
    assert (vectors[:, encoder.dimension :] == joint.words.encode(TEXTS)).all()
    assert joint.encode([]).shape == (0, joint.dimension)


def test_files_and_pickles_bring_the_same_encoder_back(joint):
    vectors = joint.encode(TEXTS)
    for again in (JointEncoder.from_files(joint.files()), pickle.loads(pickle.dumps(joint))):
        assert again == joint
        assert (again.encode(TEXTS) == vectors).all()


def test_without_words_the_files_are_a_transformer(joint, encoder):
    assert JointEncoder.from_files(encoder.files()) == encoder
    assert OnnxEncoder.from_files(joint.files()) == encoder


def test_each_part_counts_in_the_fingerprint(joint, encoder):
    other = JointEncoder.of(encoder, joint.words.times(2.0))
    assert len({joint.fingerprint, other.fingerprint, encoder.fingerprint}) == 3


def test_encoders_that_read_differently_are_not_joined(joint, encoder):
    with pytest.raises(EncoderError, match="read texts differently"):
        JointEncoder.of(encoder, replace(joint.words, tokens=replace(encoder.tokens, max_tokens=7)))


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04"])
def test_a_damaged_table_of_words_is_a_clear_error(joint, content):
    with pytest.raises(EncoderError, match="table of words cannot be read"):
        JointEncoder.from_files({**joint.files(), "words.npz": content})
