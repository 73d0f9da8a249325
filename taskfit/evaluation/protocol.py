"""Run several estimators over the same held-out tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from taskfit.evaluation.metrics import Metrics, measure
from taskfit.labels import LABELS

__all__ = ["cross_validate", "evaluate", "fit"]

#: Estimators whose confidence means nothing; no calibration error is given for them.
_NO_PROBABILITIES = ("majority",)


def cross_validate(
    estimators: Mapping[str, Any],
    texts: Sequence[str],
    labels: Sequence[str],
    folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    *,
    groups: Sequence[Any] | None = None,
    bootstrap: int = 0,
    random_state: int = 0,
) -> list[Metrics]:
    """Measure each estimator on tasks that it was not fitted on.

    Parameters
    ----------
    estimators : mapping of str to estimator
        They take a list of texts; each is cloned for each fold.
    texts, labels : sequence of str, length n
    folds : sequence of (train, test)
        From `taskfit.evaluation.grouped_folds`.
    groups : sequence, length n, optional
        Handed to estimators whose ``accepts_groups`` is true; resampled as wholes for the intervals.
    bootstrap : int
        Resamples of the intervals; 0 for none.
    random_state : int

    Returns
    -------
    list of Metrics
        One an estimator, in order.
    """
    results = []
    for name, estimator in estimators.items():
        guess = np.empty(len(texts), dtype=object)
        probabilities = np.zeros((len(texts), len(LABELS)))
        known = True
        for train, test in folds:
            fitted = fit(clone(estimator), _take(texts, train), _take(labels, train), groups and _take(groups, train))
            guess[test], part = _predict(name, fitted, _take(texts, test))
            known = known and part is not None
            probabilities[test] = 0 if part is None else part
        results.append(
            measure(
                name,
                labels,
                guess.tolist(),
                probabilities if known else None,
                groups=groups,
                bootstrap=bootstrap,
                random_state=random_state,
            )
        )
    return results


def evaluate(
    estimators: Mapping[str, Any],
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[Any] | None = None,
    bootstrap: int = 0,
    random_state: int = 0,
) -> list[Metrics]:
    """Measure fitted estimators; parameters as for `cross_validate`."""
    results = []
    for name, estimator in estimators.items():
        guess, probabilities = _predict(name, estimator, list(texts))
        results.append(
            measure(name, labels, guess, probabilities, groups=groups, bootstrap=bootstrap, random_state=random_state)
        )
    return results


def fit(estimator: Any, texts: Sequence[str], labels: Sequence[str], groups: Sequence[Any] | None = None) -> Any:
    """Fit an estimator, with groups where it takes them, and return it."""
    if getattr(estimator, "accepts_groups", False):
        return estimator.fit(texts, labels, groups=groups)
    return estimator.fit(texts, labels)


def _take(values: Sequence[Any], rows: NDArray[np.intp]) -> list[Any]:
    return [values[row] for row in rows]


def _predict(name: str, estimator: Any, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64] | None]:
    guess = [str(label) for label in estimator.predict(texts)]
    if name in _NO_PROBABILITIES or not hasattr(estimator, "predict_proba"):
        return guess, None
    by_class = estimator.predict_proba(texts)
    probabilities = np.zeros((len(texts), len(LABELS)))
    for column, label in enumerate(estimator.classes_):
        probabilities[:, LABELS.index(str(label))] = by_class[:, column]
    return guess, probabilities
