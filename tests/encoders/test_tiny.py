"""What holds for every encoder that reads tokens, on encoders small enough to be built in a blink."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.encoders import CachedEncoder, Encoder, JointEncoder, OnnxEncoder, StaticEncoder
from taskfit.encoders.tokens import TokenEncoder, Tokens
from taskfit.errors import EncoderError
from tests import tiny

TEXTS = ["Match invoices to orders", "coach the nurse", "zebra", "", "会議 🙂", "match " * 200]
KINDS = ("transformer", "static", "joint")


@pytest.fixture(scope="module")
def encoders():
    parts = {"transformer": tiny.transformer(), "static": tiny.static()}
    return parts | {"joint": JointEncoder.of(parts["transformer"], tiny.static(seed=5, dimension=7))}


def again(encoder):
    return type(encoder).from_files(encoder.files())


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_is_one(encoders, kind):
    encoder = encoders[kind]
    assert isinstance(encoder, Encoder)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert encoder.encode([]).shape == (0, encoder.dimension)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, *tiny.WORDS]), min_size=1, max_size=12))
def test_a_vector_is_bitwise_its_own(encoders, texts):
    for encoder in encoders.values():
        alone = np.vstack([encoder.encode([text]) for text in texts])
        assert (encoder.encode(texts) == alone).all()


@pytest.mark.parametrize("kind", KINDS)
def test_files_pickles_and_copies_are_the_same_encoder(encoders, kind):
    encoder = encoders[kind]
    vectors = encoder.encode(TEXTS)
    for other in (again(encoder), pickle.loads(pickle.dumps(encoder)), copy.deepcopy(encoder)):
        assert other == encoder
        assert hash(other) == hash(encoder)
        assert repr(other) == f"{type(encoder).__name__}(fingerprint={encoder.fingerprint!r})"
        assert (other.encode(TEXTS) == vectors).all()
    assert len(pickle.dumps(encoder)) < 60_000  # what is built on first use stays here


def test_other_encoders_are_other(encoders):
    assert len(set(encoders.values())) == len({encoder.fingerprint for encoder in encoders.values()}) == 3
    assert encoders["static"] != "static"
    assert encoders["static"] != tiny.static(seed=9)
    assert encoders["static"] != tiny.static(max_tokens=16)


@pytest.mark.parametrize("kind", KINDS)
def test_every_encoder_flags_what_it_cuts(encoders, kind):
    assert encoders[kind].truncated(TEXTS).tolist() == [False] * 5 + [True]
    assert encoders[kind].truncated([]).shape == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cache_stands_for_any_encoder(encoders, kind, tmp_path):
    encoder = encoders[kind]
    cached = CachedEncoder(encoder, tmp_path / "new" / "folder")
    assert (cached.fingerprint, cached.dimension, cached.tokens) == (
        encoder.fingerprint, encoder.dimension, encoder.tokens
    )  # fmt: skip
    assert (cached.encode(TEXTS) == encoder.encode(TEXTS)).all()
    assert (cached.encode(TEXTS[::-1]) == encoder.encode(TEXTS[::-1])).all()
    assert (cached.problem, cached.path.name) == ("", f"{encoder.fingerprint}.sqlite")
    assert cached.files() == encoder.files()
    assert cached.truncated(TEXTS).tolist() == encoder.truncated(TEXTS).tolist()


def test_a_class_without_a_fingerprint_is_no_encoder():
    with pytest.raises(NotImplementedError):
        _ = TokenEncoder().fingerprint


@pytest.mark.parametrize("part", ["encoder.json", "weights.npz", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe\x00", b"PK\x03\x04broken"])
def test_files_of_rubbish_are_an_encoder_error(encoders, part, content):
    with pytest.raises(EncoderError, match="install the model again"):
        OnnxEncoder.from_files(encoders["transformer"].files() | {part: content}).encode(["match"])


@pytest.mark.parametrize(
    ("part", "content"),
    [("encoder.json", b'{"max_tokens": 3}'), ("encoder.json", b'{"vocabulary": 10}'), ("table.npz", b"")],
)
def test_a_static_encoder_says_what_its_files_lack(encoders, part, content):
    with pytest.raises(EncoderError, match=r"the encoder's files cannot be read .*install the model again"):
        StaticEncoder.from_files(encoders["static"].files() | {part: content})


@pytest.mark.parametrize("vocabulary", [0, -1, 10_000])
def test_a_vocabulary_that_the_table_does_not_have_is_refused(encoders, vocabulary):
    files = replace(encoders["static"], vocabulary=vocabulary).files()
    with pytest.raises(EncoderError, match="do not belong together"):
        StaticEncoder.from_files(files)


def test_longer_vectors_are_as_many_times_as_long(encoders):
    static = encoders["static"]
    assert static.times(3.0).encode(TEXTS) == pytest.approx(3 * static.encode(TEXTS), rel=1e-5)
    assert static.times(0.5).spread == pytest.approx(static.spread / 2)
    assert static.times(1.0) == static


def test_static_vectors_side_by_side_are_those_of_both(encoders):
    one, two = encoders["static"], tiny.static(seed=8, dimension=4)
    joined = one.beside(two)
    assert joined.dimension == one.dimension + 4
    assert joined.encode(TEXTS) == pytest.approx(np.hstack([one.encode(TEXTS), two.encode(TEXTS)]), abs=0.02)
    with pytest.raises(EncoderError, match="different tokenizers or rows; join encoders that read alike"):
        one.beside(tiny.static(max_tokens=16))


def test_a_row_of_zeros_is_stored():
    read = tiny.tokens()
    encoder = StaticEncoder.of(np.zeros((read.vocabulary + 3, 2)), read.vocabulary, read)
    assert not encoder.encode(TEXTS).any()
    assert encoder.spread == 0


words = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=8)


@settings(deadline=None)
@given(st.lists(words, max_size=40))
def test_words_read_apart_are_the_whole_text_cut_between_its_marks(found):
    read = tiny.tokens()
    text = " ".join(found)
    (ids,) = read.ids([text])
    assert ids == read.library.encode(text).ids
    assert len(ids) <= read.max_tokens


def test_a_lexicon_mends_a_slip_and_counts_in_the_fingerprint():
    plain, mending = tiny.tokens(), tiny.tokens(lexicon="invoices orders")
    assert mending.ids(["match inovices"]) == plain.ids(["match invoices"])
    assert plain.ids(["match inovices"]) != plain.ids(["match invoices"])
    assert len({plain.fingerprint, mending.fingerprint, tiny.tokens(16).fingerprint}) == 3


def test_tokens_come_back_from_files_and_pickles_with_their_lexicon():
    read = tiny.tokens(16, "invoices")
    files = StaticEncoder.of(np.ones((read.vocabulary + 3, 2)), read.vocabulary, read).files()
    for other in (Tokens.from_files(files), pickle.loads(pickle.dumps(read))):
        assert other == read
        assert other.config() == {"max_tokens": 16, "lexicon": "invoices"}
        assert other.ids(["match inovices"]) == read.ids(["match inovices"])
