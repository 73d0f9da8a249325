"""A static encoder: the mean of stored vectors of a text's tokens and pairs of tokens. No network, hence fast.

Pairs stand in for the word order that a mean forgets; they share a fixed number of rows by hashing, as in fastText
(Joulin et al. 2017, "Bag of tricks for efficient text classification").
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from taskfit.encoders.rounding import rounded
from taskfit.encoders.tokens import TokenEncoder, Tokens
from taskfit.errors import EncoderError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["StaticEncoder", "features"]

# Two odd numbers that spread pairs of token ids over the rows.
_LEFT, _RIGHT = 1_000_003, 7_919

#: Texts whose vectors are summed at a time.
_BLOCK = 64


def features(
    tokens: Sequence[Sequence[int]], vocabulary: int, pairs: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the rows of the table that each text reads.

    Parameters
    ----------
    tokens : sequence of sequences of int
        Token ids of each text, with the marks of begin and end.
    vocabulary : int
        Rows of the table that belong to single tokens.
    pairs : int
        Rows that pairs share.

    Returns
    -------
    tuple of ndarray
        Rows of all texts one after the other, first the tokens of a text and then its pairs; and where each text
        begins, of shape (n + 1,).
    """
    lengths = np.array([len(ids) for ids in tokens], dtype=np.intp)
    ids = np.concatenate([np.asarray(entry, dtype=np.int64) for entry in tokens])
    starts = np.concatenate([[0], np.cumsum(2 * lengths - 1)]).astype(np.intp)
    rows = np.empty(int(starts[-1]), dtype=np.int64)
    text = np.repeat(np.arange(len(tokens)), lengths)
    within = np.arange(len(ids)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows[starts[text] + within] = ids
    followed = within < lengths[text] - 1
    at = np.flatnonzero(followed)
    rows[starts[text[at]] + lengths[text[at]] + within[at]] = (
        ids[at] * _LEFT + ids[at + 1] * _RIGHT
    ) % pairs + vocabulary
    return rows, starts


@dataclass(frozen=True, eq=False, repr=False)
class StaticEncoder(TokenEncoder):
    """Mean-pooled vectors of tokens and pairs of tokens.

    Parameters
    ----------
    table : ndarray of int8, shape (vocabulary + pairs, dimension)
    scale : ndarray of float32, shape (vocabulary + pairs, 1)
        A row's vector is ``table * scale``.
    vocabulary : int
        Rows that belong to single tokens; the rest are shared by pairs.
    tokens : Tokens
        How texts are read.
    """

    table: NDArray[np.int8]
    scale: NDArray[np.float32]
    vocabulary: int
    tokens: Tokens

    _BUILT: ClassVar[frozenset[str]] = frozenset({"_numbers"})

    @classmethod
    def of(cls, vectors: NDArray[np.floating], vocabulary: int, tokens: Tokens) -> StaticEncoder:
        """Store vectors of shape (vocabulary + pairs, dimension) in 8 bits with one scale a row."""
        return cls(*rounded(vectors), vocabulary, tokens)

    @property
    def spread(self) -> float:
        """Root mean square of the stored vectors."""
        return float(np.sqrt(np.square(self.table * self.scale).mean()))

    def times(self, factor: float) -> StaticEncoder:
        """Return the encoder whose vectors are `factor` times as long."""
        return replace(self, scale=(self.scale * factor).astype(np.float32))

    def beside(self, other: StaticEncoder) -> StaticEncoder:
        """Return one encoder whose vectors are those of this one and then those of another with the same rows.

        Raises
        ------
        EncoderError
            If the other has other rows or reads texts differently.
        """
        if (other.tokens, other.vocabulary, len(other.table)) != (self.tokens, self.vocabulary, len(self.table)):
            raise EncoderError("the two encoders have different tokenizers or rows; join encoders that read alike")
        vectors = np.hstack([self.table * self.scale, other.table * other.scale])
        return StaticEncoder.of(vectors, self.vocabulary, self.tokens)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> StaticEncoder:
        """Build an encoder from what `files` returned.

        Raises
        ------
        EncoderError
            If a part is missing or unreadable.
        """
        try:
            config = json.loads(files["encoder.json"])
            with np.load(io.BytesIO(files["table.npz"]), allow_pickle=False) as archive:
                table, scale = archive["table"], archive["scale"]
            if table.ndim != 2 or scale.shape != (len(table), 1) or not 0 < int(config["vocabulary"]) < len(table):
                raise ValueError("table, scale and vocabulary do not belong together")
            return cls(table, scale, int(config["vocabulary"]), Tokens.from_files(files))
        except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise EncoderError(f"the encoder's files cannot be read ({error}); install the model again") from error

    def files(self) -> dict[str, bytes]:
        """Return the encoder as files: names and contents; arrays and JSON only."""
        config = {"kind": "static", "vocabulary": self.vocabulary, **self.tokens.config()}
        table = io.BytesIO()
        np.savez(table, table=self.table, scale=self.scale)
        return {
            "encoder.json": (json.dumps(config, indent=2) + "\n").encode("utf-8"),
            "table.npz": table.getvalue(),
            "tokenizer.json": self.tokens.tokenizer.encode("utf-8"),
        }

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return int(self.table.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """Digest of table, tokenizer and limits."""
        digest = hashlib.sha256(f"{self.vocabulary},{self.tokens.fingerprint}".encode())
        for array in (self.table, self.scale):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : sequence of str
            Task descriptions; they are normalised first.

        Returns
        -------
        ndarray of shape (len(texts), dimension)
            32-bit floats, bitwise independent of the other texts.
        """
        if len(texts) == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows, starts = features(self.tokens.ids(texts), self.vocabulary, len(self.table) - self.vocabulary)
        vectors = self._vectors(rows)
        sums = np.empty((len(texts), self.dimension), dtype=np.float32)
        # A few texts at a time, so that what is gathered stays in the processor's cache. Each text's rows are added by
        # themselves, whatever stands beside it. A sparse product would do the same, but scipy takes longer to load
        # than a small inventory takes to score.
        for first in range(0, len(texts), _BLOCK):
            last = min(first + _BLOCK, len(texts))
            gathered = vectors[rows[starts[first] : starts[last]]]
            np.add.reduceat(gathered, starts[first:last] - starts[first], axis=0, out=sums[first:last])
        return sums / np.diff(starts).astype(np.float32)[:, None]

    def _vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the table as numbers, right in these rows; each row is computed once, when it is first read."""
        numbers, known = self._numbers
        new = np.unique(rows[~known[rows]])
        numbers[new] = self.table[new] * self.scale[new]
        known[new] = True
        return numbers

    @cached_property
    def _numbers(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        return np.empty(self.table.shape, dtype=np.float32), np.zeros(len(self.table), dtype=np.bool_)
