import copy
import pickle

import numpy as np
import pytest

from taskfit.encoders import OnnxEncoder, read_encoder
from taskfit.encoders.onnx import dequantise, quantise
from taskfit.errors import EncoderError

TEXTS = [
    "Match supplier invoices to purchase orders",
    "Sit with a family",
    "Post journals",
    "Draft the quarterly report on customer churn for the finance director, using figures from the data warehouse",
    "Lift a patient",
    "IT",
]


def test_vectors_have_length_one(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_vector_is_bitwise_the_same_in_any_company(encoder):
    many = TEXTS * 11
    together = encoder.encode(many)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert (together[: len(TEXTS)] == alone).all()
    assert (together[-len(TEXTS) :] == alone).all()
    assert (encoder.encode(TEXTS[::-1])[::-1] == alone).all()


def test_white_space_and_a_final_stop_do_not_matter(encoder):
    plain, dressed = encoder.encode(["Match invoices to orders", "  Match invoices\tto orders. "])
    assert (plain == dressed).all()


def test_nearby_tasks_have_nearby_vectors(encoder):
    invoice, bill, mourner = encoder.encode(
        ["Match invoices to orders", "Reconcile bills with orders", "Console a mourner"]
    )
    assert invoice @ bill > invoice @ mourner + 0.2


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_cell_of_a_megabyte_is_cut_and_flagged(encoder):
    huge = "audit the ledger " * 60_000
    assert len(huge) > 1_000_000
    assert encoder.truncated([huge, "Audit the ledger"]).tolist() == [True, False]
    assert np.isfinite(encoder.encode([huge])).all()


def test_a_long_text_that_fits_is_not_flagged(encoder):
    assert encoder.truncated(["audit " * 100]).tolist() == [False]


def test_one_long_unbroken_word_is_no_trouble(encoder):
    assert np.isfinite(encoder.encode(["x" * 300_000])).all()


def test_quantised_weights_are_a_quarter_of_the_size_and_close():
    weights = {"layer": np.random.default_rng(0).normal(size=(400, 300)).astype(np.float32), "bias": np.ones(300)}
    stored = quantise(weights)
    restored = dequantise(stored)
    assert stored["layer"].dtype == np.int8
    assert set(restored) == set(weights)
    assert np.abs(restored["layer"] - weights["layer"]).max() < 0.02
    assert (restored["bias"] == 1).all()


def test_a_row_of_zeros_survives_quantising():
    weights = {"embeddings": np.zeros((1000, 200), dtype=np.float32)}
    assert (dequantise(quantise(weights))["embeddings"] == 0).all()


def test_an_encoder_comes_back_from_its_files(encoder):
    again = OnnxEncoder.from_files(encoder.files())
    assert again == encoder
    assert again.fingerprint == encoder.fingerprint
    assert (again.encode(TEXTS) == encoder.encode(TEXTS)).all()


def test_an_encoder_travels_to_another_process(encoder):
    encoder.encode(["warm"])
    again = pickle.loads(pickle.dumps(encoder))
    assert (again.encode(TEXTS) == encoder.encode(TEXTS)).all()


def test_a_deep_copy_shares_the_network(encoder):
    assert copy.deepcopy(encoder) is encoder


@pytest.mark.parametrize("name", ["encoder.json", "graph.onnx", "tokenizer.json", "weights.npz"])
def test_a_missing_part_is_named(encoder, name):
    files = encoder.files()
    del files[name]
    with pytest.raises(EncoderError, match=name):
        OnnxEncoder.from_files(files)


def test_weights_that_need_unpickling_are_refused(encoder, tmp_path):
    hostile = np.array([{"code": "to run"}], dtype=object)
    np.savez(tmp_path / "weights.npz", hostile=hostile)
    files = encoder.files() | {"weights.npz": (tmp_path / "weights.npz").read_bytes()}
    with pytest.raises(EncoderError, match="allow_pickle"):
        OnnxEncoder.from_files(files)


@pytest.mark.parametrize("part", ["graph.onnx", "tokenizer.json"])
def test_a_part_of_rubbish_gives_a_clear_error(encoder, part):
    broken = OnnxEncoder.from_files(encoder.files() | {part: b"rubbish"})
    with pytest.raises(EncoderError, match="install the model again"):
        broken.encode(["Match invoices"])


def test_an_unknown_shipped_encoder_is_named():
    with pytest.raises(EncoderError, match="'gone'"):
        read_encoder("gone")
