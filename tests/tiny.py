"""Small parts of a model that tests build in a blink: a tokenizer of fifty words, encoders over it, heads, bundles."""

import json
from functools import cache

import numpy as np
import pytest

from taskfit.bundle import Bundle
from taskfit.encoders import OnnxEncoder, StaticEncoder
from taskfit.encoders.tokens import Tokens
from taskfit.heads import DriverHead, LabelHead
from taskfit.labels import DRIVERS, LABELS
from taskfit.tier import Tier

_KNOWN = (
    "match invoices to orders post records nightly send reminders copy codes draft the report for review analyse "
    "trends plan budget claims counsel a grieving negotiate with union lift patient coach staff clerk nurse buyer "
    "planner agent officer broker teller warden tutor"
)
WORDS = _KNOWN.split()
DIMENSION, PAIRS = 24, 64


@cache
def tokens(max_tokens: int = 32, lexicon: str = "") -> Tokens:
    """A WordPiece tokenizer that knows `WORDS` and single letters."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: at for at, piece in enumerate(dict.fromkeys(pieces))}
    mark = {"type_id": 0}
    content = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", **mark}},
                {"Sequence": {"id": "A", **mark}},
                {"SpecialToken": {"id": "[SEP]", **mark}},
            ],
            "pair": [{"Sequence": {"id": "A", **mark}}, {"Sequence": {"id": "B", **mark}}],
            "special_tokens": {
                name: {"id": name, "ids": [vocabulary[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")
            },
        },
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": vocabulary,
        },
    }
    return Tokens(json.dumps(content), max_tokens, lexicon)


def static(seed: int = 0, dimension: int = DIMENSION, max_tokens: int = 32) -> StaticEncoder:
    """Random vectors of every token and of `PAIRS` rows of pairs."""
    read = tokens(max_tokens)
    vectors = np.random.default_rng(seed).normal(size=(read.vocabulary + PAIRS, dimension))
    return StaticEncoder.of(vectors, read.vocabulary, read)


@cache
def transformer() -> OnnxEncoder:
    """A network of one layer: each token's vector is looked up, as large networks begin."""
    pytest.importorskip("onnx", reason="onnx is not installed: it comes with taskfit[train]")
    from onnx import TensorProto, helper

    read = tokens()
    table = np.random.default_rng(1).normal(size=(read.vocabulary, DIMENSION)).astype(np.float32)
    weight = helper.make_tensor("table", TensorProto.FLOAT, table.shape, table.tobytes(), raw=True)
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "weights"
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["token_vectors"])],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("token_vectors", TensorProto.FLOAT, ["batch", "tokens", DIMENSION])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return OnnxEncoder(model.SerializeToString(), {"table": table}, read, DIMENSION)


def label_head(dimension: int = DIMENSION, seed: int = 2) -> LabelHead:
    random = np.random.default_rng(seed)
    return LabelHead(LABELS, random.normal(size=(3, dimension)), random.normal(size=3), np.full(3, 0.8), np.zeros(3))


def driver_head(dimension: int = DIMENSION, seed: int = 3) -> DriverHead:
    random = np.random.default_rng(seed)
    return DriverHead(random.normal(size=(len(DRIVERS), dimension)), np.zeros(5), np.ones(5), np.zeros(5))


def bundle(**facts: object) -> Bundle:
    """A model of both tiers."""
    accurate = Tier(transformer(), label_head(), driver_head())
    return Bundle(accurate, fast=Tier(static(), label_head(), driver_head()), facts={"name": "tiny", **facts})
