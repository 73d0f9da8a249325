"""Two encoders read one text: a transformer its meaning, a static table its words. Their vectors stand side by side."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from taskfit.encoders.onnx import OnnxEncoder
from taskfit.encoders.static import StaticEncoder
from taskfit.encoders.tokens import TokenEncoder, Tokens
from taskfit.errors import EncoderError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["JointEncoder"]

_WORDS = "words.npz"


@dataclass(frozen=True, eq=False, repr=False)
class JointEncoder(TokenEncoder):
    """The vector of a transformer, then that of a static encoder that reads texts alike.

    Parameters
    ----------
    meaning : OnnxEncoder
    words : StaticEncoder
    tokens : Tokens
        How both read texts.
    """

    meaning: OnnxEncoder
    words: StaticEncoder
    tokens: Tokens

    @classmethod
    def of(cls, meaning: OnnxEncoder, words: StaticEncoder) -> JointEncoder:
        """Join two encoders.

        Raises
        ------
        EncoderError
            If they read texts differently.
        """
        if words.tokens != meaning.tokens:
            raise EncoderError("the two encoders read texts differently; join encoders that read alike")
        return cls(meaning, words, meaning.tokens)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> OnnxEncoder | JointEncoder:
        """Build an encoder from what `files` returned; without a table of words, the transformer alone.

        Raises
        ------
        EncoderError
            If a part is missing or unreadable.
        """
        meaning = OnnxEncoder.from_files(files)
        if _WORDS not in files:
            return meaning
        try:
            with np.load(io.BytesIO(files[_WORDS]), allow_pickle=False) as archive:
                table, scale, vocabulary = archive["table"], archive["scale"], int(archive["vocabulary"])
            if table.ndim != 2 or scale.shape != (len(table), 1) or not 0 < vocabulary < len(table):
                raise ValueError("table, scale and vocabulary do not belong together")
        except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise EncoderError(f"the table of words cannot be read ({error}); install the model again") from error
        return cls.of(meaning, StaticEncoder(table, scale, vocabulary, meaning.tokens))

    def files(self) -> dict[str, bytes]:
        """Return the encoder as files: those of the transformer and the table of words."""
        words = io.BytesIO()
        np.savez(words, table=self.words.table, scale=self.words.scale, vocabulary=np.array(self.words.vocabulary))
        return {**self.meaning.files(), _WORDS: words.getvalue()}

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self.meaning.dimension + self.words.dimension

    @cached_property
    def fingerprint(self) -> str:
        """Digest of both encoders."""
        return hashlib.sha256(f"{self.meaning.fingerprint} {self.words.fingerprint}".encode()).hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimension), each bitwise independent of the other texts."""
        return np.hstack([self.meaning.encode(texts), self.words.encode(texts)])
