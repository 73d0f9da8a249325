"""Why this label? The nearest labelled tasks."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Examples", "Neighbour"]


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
        scale = np.maximum(np.abs(self.vectors).max(axis=1, keepdims=True), 1e-12) / 127
        np.savez(buffer, vectors=np.rint(self.vectors / scale).astype(np.int8), scale=scale.astype(np.float32))
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
