"""How do scores become honest probabilities? Scalings fitted on tasks that the scores were not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["mixture", "platt_scaling", "vector_scaling"]

# A weak pull toward no change keeps tiny data sets from exploding.
_PULL = 1e-3

_SCALES, _SHIFTS = (0.05, 20.0), (-10.0, 10.0)


def vector_scaling(
    scores: NDArray[np.float64], labels: NDArray[np.str_], classes: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one scale and one shift a class by maximum likelihood.

    Parameters
    ----------
    scores : ndarray of shape (n, classes)
        Scores of tasks that were kept out of the fit.
    labels : ndarray of str, shape (n,)
        Their labels.
    classes : sequence of str
        Class names, in the order of the columns of `scores`.

    Returns
    -------
    tuple of ndarray
        Scales and shifts, each of shape (classes,); ``softmax(scale * scores + shift)`` is calibrated.

    References
    ----------
    Guo et al. (2017), "On calibration of modern neural networks".
    """
    truth, n = _positions(labels, classes), len(classes)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scale, shift = parameters[:n], parameters[n:]
        value, error = _cross_entropy(scale * scores + shift, truth)
        return _pulled(value, (error * scores).sum(axis=0), error.sum(axis=0), scale, shift)

    return _fit(loss, n)


def mixture(
    first: NDArray[np.float64], second: NDArray[np.float64], labels: NDArray[np.str_], classes: Sequence[str]
) -> tuple[float, float]:
    """Fit how much two models count, by maximum likelihood.

    Parameters
    ----------
    first, second : ndarray of shape (n, classes)
        Scores of two models for tasks that were kept out of both fits.
    labels : ndarray of str, shape (n,)
        Their labels.
    classes : sequence of str
        Class names, in the order of the columns.

    Returns
    -------
    tuple of float
        Weights, none below 0: ``softmax(weight[0] * first + weight[1] * second)`` fits best.
    """
    from scipy.optimize import minimize

    truth = _positions(labels, classes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, error = _cross_entropy(weights[0] * first + weights[1] * second, truth)
        slopes = np.array([(error * first).sum(), (error * second).sum()])
        return value + _PULL * float((weights**2).sum()), slopes + 2 * _PULL * weights

    result = minimize(loss, np.array([0.5, 0.5]), jac=True, bounds=[(0.0, _SCALES[1])] * 2, method="L-BFGS-B")
    return float(result.x[0]), float(result.x[1])


def platt_scaling(
    scores: NDArray[np.float64], decisive: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one scale and one shift a column of scores by maximum likelihood.

    Parameters
    ----------
    scores : ndarray of shape (n, columns)
        Scores of tasks that were kept out of the fit.
    decisive : ndarray of bool, shape (n, columns)
        Whether each is true.

    Returns
    -------
    tuple of ndarray
        Scales and shifts, each of shape (columns,); ``1 / (1 + exp(-(scale * scores + shift)))`` is calibrated.
        A column with one value only is left as it is.

    References
    ----------
    Platt (1999), "Probabilistic outputs for support vector machines".
    """
    fitted = [_platt(scores[:, column], decisive[:, column]) for column in range(scores.shape[1])]
    scale, shift = (np.concatenate(part) for part in zip(*fitted, strict=True))
    return scale, shift


def _positions(labels: NDArray[np.str_], classes: Sequence[str]) -> NDArray[np.intp]:
    names = list(classes)
    return np.array([names.index(label) for label in labels], dtype=np.intp)


def _cross_entropy(logits: NDArray[np.float64], truth: NDArray[np.intp]) -> tuple[float, NDArray[np.float64]]:
    """Return the mean loss and its slope with respect to the logits."""
    rows = np.arange(len(truth))
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    value = -np.log(np.maximum(probabilities[rows, truth], 1e-300)).mean()
    probabilities[rows, truth] -= 1
    return float(value), probabilities / len(truth)


def _platt(scores: NDArray[np.float64], decisive: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if decisive.all() or not decisive.any():
        return np.ones(1), np.zeros(1)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = parameters[0] * scores + parameters[1]
        value = np.logaddexp(0.0, np.where(decisive, -logits, logits)).mean()
        error = (1 / (1 + np.exp(-logits)) - decisive) / len(scores)
        slope, offset = np.array([(error * scores).sum()]), np.array([error.sum()])
        return _pulled(float(value), slope, offset, parameters[:1], parameters[1:])

    return _fit(loss, 1)


def _pulled(
    value: float,
    slope: NDArray[np.float64],
    offset: NDArray[np.float64],
    scale: NDArray[np.float64],
    shift: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    value += _PULL * float(((scale - 1) ** 2).sum() + (shift**2).sum())
    return value, np.concatenate([slope + 2 * _PULL * (scale - 1), offset + 2 * _PULL * shift])


def _fit(loss: object, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.optimize import minimize  # scoring reads scalings, it fits none

    start = np.concatenate([np.ones(n), np.zeros(n)])
    result = minimize(loss, start, jac=True, bounds=[_SCALES] * n + [_SHIFTS] * n, method="L-BFGS-B")
    return result.x[:n], result.x[n:]
