"""What an encoder is: texts in, one vector a text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Encoder"]


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into vectors, the same vector for the same text in any company."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything that decides the vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension)."""
