"""An encoder that remembers all vectors, so that each distinct text is encoded once for all folds of a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from taskfit.encoders.interface import Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MemoEncoder"]


@dataclass
class MemoEncoder:
    """Remembers what an encoder said.

    Parameters
    ----------
    encoder : Encoder
    known : dict of str to ndarray
        Vectors by text, without bound.
    """

    encoder: Encoder
    known: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimension)."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        for text, vector in zip(new, self.encoder.encode(new), strict=True):
            self.known[text] = vector
        if len(texts) == 0:
            return self.encoder.encode(texts)
        return np.stack([self.known[text] for text in texts])

    def __deepcopy__(self, memo: dict[int, object]) -> MemoEncoder:
        return self  # scikit-learn's clone copies parameters; the memory is to be shared
