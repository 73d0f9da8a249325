"""Why this label? The nearest labelled tasks."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Examples", "Neighbour"]

# Vectors that are compared at once.
_BLOCK = 1024


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
        Unit vectors.
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
            A unit vector.
        count : int
            How many tasks to return at most.
        """
        similarities = self.vectors @ np.asarray(vector, dtype=np.float32)
        order = np.argsort(-similarities, kind="stable")[:count]
        return [
            Neighbour(self.texts[row], self.labels[row], self.sources[row], float(similarities[row])) for row in order
        ]

    def familiarity(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the highest cosine of each vector with any example, shape (n,); low means unlike all of them.

        Cosines are of vectors rounded to 8 bits: whole numbers add up to the same sum in any order, so that a task is
        as familiar in one company as in another.
        """
        codes, scale = _rounded(np.asarray(vectors))
        known, known_scale = self._codes
        best = np.zeros(len(codes))
        for start in range(0, len(codes), _BLOCK):
            block = slice(start, start + _BLOCK)
            sums = codes[block].astype(np.float32) @ known.T  # exact: below 2 ** 24
            sums *= known_scale
            best[block] = sums.max(axis=1) * scale[block].ravel()
        return best

    @cached_property
    def _codes(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        codes, scale = _rounded(self.vectors)
        return codes.astype(np.float32), scale.ravel()

    @classmethod
    def of(
        cls, texts: Sequence[str], labels: Sequence[str], sources: Sequence[str], vectors: NDArray[np.float32]
    ) -> Examples:
        """Collect examples; the four arguments have one entry a task."""
        return cls(tuple(texts), tuple(labels), tuple(sources), vectors)

    def to_files(self) -> tuple[bytes, bytes]:
        """Return JSON and array files; vectors are kept in 8 bits, which moves a cosine by less than 0.01."""
        rows = [list(row) for row in zip(self.texts, self.labels, self.sources, strict=True)]
        buffer = io.BytesIO()
        codes, scale = _rounded(self.vectors)
        np.savez(buffer, vectors=codes, scale=scale)
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
            vectors = archive["vectors"].astype(np.float32) * archive["scale"]
        if len(entries) != len(vectors):
            raise ValueError(f"{len(entries)} examples but {len(vectors)} vectors")
        columns = list(zip(*entries, strict=True)) or [(), (), ()]
        return cls(columns[0], columns[1], columns[2], vectors)


def _rounded(vectors: NDArray[np.floating]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return 8-bit codes and one scale a row."""
    scale = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12) / 127
    return np.rint(vectors / scale).astype(np.int8), scale.astype(np.float32)
