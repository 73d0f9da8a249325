"""How do vectors become probabilities? Calibrated linear heads, as plain arrays.

This module needs numpy alone, so that scoring never waits for scikit-learn to load; `classifier` fits the heads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from taskfit.labels import DRIVERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DriverHead", "LabelHead"]


@dataclass(frozen=True)
class LabelHead:
    """Multinomial logistic regression with vector-scaled (calibrated) scores.

    Probabilities are ``softmax(scale * (vectors @ weights.T + bias) + shift)`` (Guo et al. 2017, "On calibration of
    modern neural networks", vector scaling).

    Parameters
    ----------
    classes : tuple of str
        Class names, in the order of the rows of `weights`.
    weights : ndarray of shape (classes, dimension)
    bias : ndarray of shape (classes,)
    scale, shift : ndarray of shape (classes,)
        Calibration fitted out of fold; ones and zeros leave the scores as they are.
    """

    classes: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    scale: NDArray[np.float64]
    shift: NDArray[np.float64]

    def __post_init__(self) -> None:
        if len(set(self.classes)) != len(self.classes):
            raise ValueError(f"a head names a class twice: {', '.join(self.classes)}")
        _check(self, len(self.classes))

    def scores(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return uncalibrated scores of shape (n, classes)."""
        return _linear(vectors, self.weights, self.bias)

    def probabilities(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return calibrated probabilities of shape (n, classes); each row sums to 1."""
        scores = self.scale * self.scores(vectors) + self.shift
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return result


@dataclass(frozen=True)
class DriverHead:
    """One calibrated logistic regression a driver: how likely is it decisive?

    Parameters
    ----------
    weights : ndarray of shape (5, dimension)
        One row a driver, in the order of `taskfit.labels.DRIVERS`.
    bias : ndarray of shape (5,)
    scale, shift : ndarray of shape (5,)
        Platt scaling fitted out of fold.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    scale: NDArray[np.float64]
    shift: NDArray[np.float64]

    def __post_init__(self) -> None:
        _check(self, len(DRIVERS))

    def scores(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return uncalibrated scores of shape (n, 5)."""
        return _linear(vectors, self.weights, self.bias)

    def strengths(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the probability that each driver is decisive, shape (n, 5)."""
        scores = self.scale * self.scores(vectors) + self.shift
        result: NDArray[np.float64] = 1 / (1 + np.exp(-scores))
        return result


def _check(head: LabelHead | DriverHead, rows: int) -> None:
    """Refuse a head that could only fail when it scores."""
    parts = (head.bias, head.scale, head.shift)
    shaped = head.weights.ndim == 2 and len(head.weights) == rows and all(part.shape == (rows,) for part in parts)
    if rows == 0 or not shaped:
        shapes = ", ".join(str(part.shape) for part in (head.weights, *parts))
        raise ValueError(
            f"a head of {rows} rows needs weights ({rows}, dimension) and three arrays ({rows},): {shapes}"
        )
    if not all(np.isfinite(part).all() for part in (head.weights, *parts)):
        raise ValueError("a head holds numbers that are not finite")


def _linear(
    vectors: NDArray[np.floating], weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    # einsum without BLAS sums each row in one order, whatever the number of rows; a matrix product does not.
    product: NDArray[np.float64] = np.einsum("nd,cd->nc", vectors.astype(np.float64), weights, optimize=False)
    return product + bias
