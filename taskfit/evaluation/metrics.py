"""Measures of three-label decisions, with the expensive mistake by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_recall_fscore_support

from taskfit.labels import LABELS, Label

__all__ = ["Metrics", "calibration_error", "measure", "reliability_table"]

#: Equal-mass bins of the calibration error.
BINS = 15

_AUTOMATABLE, _HUMAN = LABELS.index(Label.AUTOMATABLE), LABELS.index(Label.HUMAN_ESSENTIAL)


@dataclass(frozen=True)
class Metrics:
    """How well labels were predicted.

    Parameters
    ----------
    name : str
        What predicted them.
    n : int
        Tasks.
    accuracy, macro_f1 : float
        0 to 1.
    kappa : float
        Cohen's kappa, -1 to 1.
    calibration_error : float or None
        Mean gap between confidence and accuracy over 15 equal-mass bins, 0 to 1; None without probabilities.
    human_called_automatable : float
        Share of the human-essential tasks that were called automatable: the expensive mistake.
    human_called_automatable_count, human_count : int
        The same as counts.
    human_called_automatable_upper : float
        One-sided 95 % upper bound of that share (Clopper and Pearson 1934).
    automatable_called_human : float
        Share of the automatable tasks that were called human-essential.
    confident_accuracy : float or None
        Accuracy on the 75 % of tasks with the highest confidence.
    confusion : list of list of int
        Rows are true labels, columns predicted ones, in the order of `taskfit.labels.LABELS`.
    per_label : dict
        Precision, recall, f1 and support by label.
    intervals : dict
        95 % bootstrap intervals (low, high) by measure; empty unless asked for.
    """

    name: str
    n: int
    accuracy: float
    macro_f1: float
    kappa: float
    calibration_error: float | None
    human_called_automatable: float
    human_called_automatable_count: int
    human_count: int
    human_called_automatable_upper: float
    automatable_called_human: float
    confident_accuracy: float | None
    confusion: list[list[int]]
    per_label: dict[str, dict[str, float]]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Metrics:
        """Return what `to_dict` gave."""
        return cls(**fields)


def measure(
    name: str,
    y_true: Sequence[str],
    y_pred: Sequence[str],
    probabilities: NDArray[np.float64] | None = None,
    *,
    groups: Sequence[Any] | None = None,
    bootstrap: int = 0,
    random_state: int = 0,
) -> Metrics:
    """Compare predicted labels with true ones.

    Parameters
    ----------
    name : str
        What predicted them.
    y_true, y_pred : sequence of str, length n
    probabilities : ndarray of shape (n, 3), optional
        In the order of `taskfit.labels.LABELS`.
    groups : sequence, length n, optional
        Resampled as wholes for the intervals.
    bootstrap : int
        Resamples of the intervals; 0 for none.
    random_state : int

    Returns
    -------
    Metrics
    """
    truth, guess = np.asarray(y_true).astype(str), np.asarray(y_pred).astype(str)
    confidence = None if probabilities is None else _confidence(guess, probabilities)
    confusion = confusion_matrix(truth, guess, labels=list(LABELS))
    human = int(confusion[_HUMAN].sum())
    mistakes = int(confusion[_HUMAN, _AUTOMATABLE])
    return Metrics(
        name=name,
        n=len(truth),
        accuracy=_accuracy(truth, guess),
        macro_f1=_macro_f1(truth, guess),
        kappa=_kappa(truth, guess),
        calibration_error=None if confidence is None else calibration_error(truth == guess, confidence),
        human_called_automatable=_share(mistakes, human),
        human_called_automatable_count=mistakes,
        human_count=human,
        human_called_automatable_upper=_upper_bound(mistakes, human),
        automatable_called_human=_share(int(confusion[_AUTOMATABLE, _HUMAN]), int(confusion[_AUTOMATABLE].sum())),
        confident_accuracy=None if confidence is None else _confident_accuracy(truth == guess, confidence),
        confusion=[[int(count) for count in row] for row in confusion],
        per_label=_per_label(truth, guess),
        intervals=_intervals(truth, guess, groups, bootstrap, random_state),
    )


def calibration_error(correct: Sequence[bool] | NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    """Return the expected calibration error over equal-mass bins (Nixon et al. 2019, adaptive calibration error).

    Parameters
    ----------
    correct : sequence of bool, length n
    confidence : ndarray of shape (n,)
        Probability of each predicted label.
    """
    return float(
        sum(count * abs(sure - right) for sure, right, count in reliability_table(correct, confidence))
        / len(confidence)
    )


def reliability_table(
    correct: Sequence[bool] | NDArray[np.bool_], confidence: NDArray[np.float64], bins: int = BINS
) -> list[tuple[float, float, int]]:
    """Return mean confidence, accuracy and count of equal-mass bins, from the least confident to the most."""
    order = np.argsort(confidence, kind="stable")
    right = np.asarray(correct, dtype=float)
    parts = [part for part in np.array_split(order, min(bins, len(order))) if len(part)]
    return [(float(confidence[part].mean()), float(right[part].mean()), len(part)) for part in parts]


def _confidence(guess: NDArray[np.str_], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = [LABELS.index(label) for label in guess]
    return np.asarray(probabilities, dtype=np.float64)[np.arange(len(guess)), columns]


def _confident_accuracy(correct: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    kept = np.argsort(-confidence, kind="stable")[: max(1, round(0.75 * len(confidence)))]
    return float(correct[kept].mean())


def _share(count: int, total: int) -> float:
    return count / total if total else 0.0


def _upper_bound(count: int, total: int) -> float:
    return 1.0 if count >= total else float(beta.ppf(0.95, count + 1, total - count))


def _accuracy(truth: NDArray[np.str_], guess: NDArray[np.str_]) -> float:
    return float((truth == guess).mean())


def _present(truth: NDArray[np.str_], guess: NDArray[np.str_]) -> list[str]:
    # A label that neither side uses says nothing about the predictor.
    return [label for label in LABELS if label in truth or label in guess]


def _macro_f1(truth: NDArray[np.str_], guess: NDArray[np.str_]) -> float:
    _, _, scores, _ = precision_recall_fscore_support(truth, guess, labels=_present(truth, guess), zero_division=0)
    return float(np.mean(scores))


def _kappa(truth: NDArray[np.str_], guess: NDArray[np.str_]) -> float:
    if len(_present(truth, guess)) == 1:
        return 1.0  # one label everywhere: agreement is complete, though scikit-learn divides by zero
    return float(cohen_kappa_score(truth, guess, labels=_present(truth, guess)))


def _per_label(truth: NDArray[np.str_], guess: NDArray[np.str_]) -> dict[str, dict[str, float]]:
    scores = precision_recall_fscore_support(truth, guess, labels=list(LABELS), zero_division=0)
    names = ("precision", "recall", "f1", "support")
    return {
        label: {name: float(values[column]) for name, values in zip(names, scores, strict=True)}
        for column, label in enumerate(LABELS)
    }


_INTERVALS: dict[str, Callable[[NDArray[np.str_], NDArray[np.str_]], float]] = {
    "accuracy": _accuracy,
    "macro_f1": _macro_f1,
    "kappa": _kappa,
}


def _intervals(
    truth: NDArray[np.str_],
    guess: NDArray[np.str_],
    groups: Sequence[Any] | None,
    bootstrap: int,
    random_state: int,
) -> dict[str, tuple[float, float]]:
    if not bootstrap:
        return {}
    ids = (
        np.arange(len(truth)) if groups is None else np.unique([str(group) for group in groups], return_inverse=True)[1]
    )
    # Tasks of one group resemble each other; resampling groups keeps the interval honest.
    members = [np.flatnonzero(ids == number) for number in range(ids.max() + 1)]
    random = np.random.default_rng(random_state)
    draws = []
    for _ in range(bootstrap):
        rows = np.concatenate([members[number] for number in random.integers(len(members), size=len(members))])
        draws.append([statistic(truth[rows], guess[rows]) for statistic in _INTERVALS.values()])
    low, high = np.quantile(np.array(draws), [0.025, 0.975], axis=0)
    return {name: (float(low[column]), float(high[column])) for column, name in enumerate(_INTERVALS)}
