"""Why this label? The nearest labelled tasks."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Examples", "Neighbour"]

# Vectors that are compared at once.
_BLOCK = 1024

# Examples that every vector is compared with; then twice as many, and so on, for those that are like none so far.
_FIRST = 512

# Largest whole number in the four bits of a number that is kept on disk.
_NIBBLE = 7


@dataclass(frozen=True)
class Neighbour:
    """A labelled task near the one asked about.

    Parameters
    ----------
    text : str
    label : str
    source : str
        Where the label comes from.
    similarity : float
        Cosine of the two vectors, -1 to 1.
    """

    text: str
    label: str
    source: str
    similarity: float


@dataclass(frozen=True)
class Examples:
    """Labelled tasks with their vectors.

    Parameters
    ----------
    texts, labels, sources : tuple of str
        One entry a task.
    vectors : ndarray of shape (n, dimension)
        Unit vectors; `of` makes them so, since not every encoder does.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    vectors: NDArray[np.float32]

    def nearest(self, vector: NDArray[np.floating], count: int = 3) -> list[Neighbour]:
        """Return the labelled tasks with the highest cosine.

        Parameters
        ----------
        vector : ndarray of shape (dimension,)
            Of any length.
        count : int
            How many tasks to return at most.
        """
        similarities = self.vectors @ _units(np.atleast_2d(vector))[0]
        order = np.argsort(-similarities, kind="stable")[:count]
        return [
            Neighbour(self.texts[row], self.labels[row], self.sources[row], float(similarities[row])) for row in order
        ]

    def familiarity(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the highest cosine of each vector with any example, shape (n,); low means unlike all of them.

        Cosines are of vectors rounded to 8 bits: whole numbers add up to the same sum in any order, so that a task is
        as familiar in one company as in another.
        """
        return self._highest(*_codes(np.asarray(vectors)), slice(None))

    def unlike(self, vectors: NDArray[np.floating], limit: float) -> NDArray[np.bool_]:
        """Tell which vectors are less familiar than `limit`, shape (n,); as `familiarity` would, in less time.

        Most tasks have a near example among a few hundred, and need not be compared with the rest.
        """
        codes, lengths = _codes(np.asarray(vectors))
        left, start, size = np.arange(len(codes)), 0, _FIRST
        while start < len(self.vectors) and len(left):
            left = left[self._highest(codes[left], lengths[left], slice(start, start + size)) < limit]
            start, size = start + size, 2 * size
        flags = np.zeros(len(codes), dtype=np.bool_)
        flags[left] = True
        return flags

    def _highest(self, codes: NDArray[np.float32], lengths: NDArray[np.float32], part: slice) -> NDArray[np.float64]:
        """Return the highest cosine of each vector with a part of the examples."""
        known, known_lengths = (numbers[part] for numbers in self._known)
        best = np.zeros(len(codes))
        for start in range(0, len(codes), _BLOCK):  # so that memory does not grow with the number of vectors
            block = slice(start, start + _BLOCK)
            sums = codes[block] @ known.T  # exact: below 2 ** 24
            sums /= known_lengths
            best[block] = sums.max(axis=1) / lengths[block]
        return best

    @cached_property
    def _known(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        # Examples of one kind lie side by side; taken apart, the first few hundred are of all kinds.
        step = max(1, len(self.vectors) // _FIRST)
        return _codes(np.concatenate([self.vectors[first::step] for first in range(step)]))

    @classmethod
    def of(
        cls, texts: Sequence[str], labels: Sequence[str], sources: Sequence[str], vectors: NDArray[np.float32]
    ) -> Examples:
        """Collect examples; the four arguments have one entry a task, and the vectors may be of any length."""
        return cls(tuple(texts), tuple(labels), tuple(sources), _units(vectors))

    def to_files(self) -> tuple[bytes, bytes]:
        """Return JSON and array files; vectors are kept in 4 bits, which moves a cosine by about 0.01."""
        rows = [list(row) for row in zip(self.texts, self.labels, self.sources, strict=True)]
        buffer = io.BytesIO()
        codes, scale = rounded(self.vectors, largest=_NIBBLE)
        np.savez(buffer, vectors=_packed(codes), scale=scale, dimension=np.array(codes.shape[1]))
        return (json.dumps(rows, ensure_ascii=False, indent=0) + "\n").encode("utf-8"), buffer.getvalue()

    @classmethod
    def from_files(cls, rows: bytes, arrays: bytes) -> Examples:
        """Return what `to_files` kept.

        Raises
        ------
        ValueError
            If the two files do not belong together.
        """
        entries: list[Any] = json.loads(rows)
        with np.load(io.BytesIO(arrays), allow_pickle=False) as archive:
            codes = archive["vectors"]
            if "dimension" in archive:  # format 1 kept 8 bits
                codes = _unpacked(codes, int(archive["dimension"]))
            vectors = codes.astype(np.float32) * archive["scale"]
        if len(entries) != len(vectors):
            raise ValueError(f"{len(entries)} examples but {len(vectors)} vectors")
        columns = list(zip(*entries, strict=True)) or [(), (), ()]
        return cls.of(columns[0], columns[1], columns[2], vectors)


def _units(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the vectors with length 1; zeros stay zeros."""
    numbers = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    units: NDArray[np.float32] = np.divide(numbers, lengths, dtype=np.float32)
    return units


def _codes(vectors: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors rounded to whole numbers up to 127, and the lengths of these, 1 where all are zero."""
    codes = rounded(vectors)[0].astype(np.float32)
    squares = np.maximum(np.square(codes).sum(axis=1), np.float32(1))
    return codes, np.sqrt(squares)


def _packed(codes: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return two numbers from -7 to 7 in one byte; a row of odd length gets a zero at its end."""
    even = np.pad(codes, ((0, 0), (0, codes.shape[1] % 2)))
    halves = (even + _NIBBLE + 1).astype(np.uint8)
    packed: NDArray[np.uint8] = np.bitwise_or(halves[:, 0::2], np.left_shift(halves[:, 1::2], 4), dtype=np.uint8)
    return packed


def _unpacked(packed: NDArray[np.uint8], dimension: int) -> NDArray[np.int8]:
    """Return what `_packed` packed."""
    halves = np.stack([packed & 15, packed >> 4], axis=2).reshape(len(packed), 2 * packed.shape[1])[:, :dimension]
    return halves.astype(np.int8) - np.int8(_NIBBLE + 1)
