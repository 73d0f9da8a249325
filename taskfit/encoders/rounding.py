"""Numbers as small integers with a scale: how weights, tables and vectors are kept in a few bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["rounded"]


def rounded(values: NDArray[Any], axis: int = 1, largest: int = 127) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return whole numbers from minus to plus `largest`, and what to multiply them by.

    Parameters
    ----------
    values : ndarray of shape (rows, columns)
    axis : int
        1 for one scale a row, 0 for one scale a column.
    largest : int
        At most 127.

    Returns
    -------
    tuple of ndarray
        Integers of the shape of `values`, and scales of shape (rows, 1) or (1, columns).
    """
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / largest
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)
