"""How far do two people agree who labelled the same tasks?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from taskfit.labels import DRIVERS, LABELS

__all__ = ["Agreement", "agreement", "krippendorff_alpha"]

_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that stand in fewer tasks say more about chance than about the raters.
_LEAST = 5


@dataclass(frozen=True)
class Agreement:
    """How two raters agree.

    Parameters
    ----------
    n : int
        Tasks that both labelled.
    accuracy, kappa, weighted_kappa : float
        Share of equal labels; Cohen's kappa, plain and with quadratic weights (the labels run from technology to
        people).
    alpha, ordinal_alpha : float
        Krippendorff's alpha for nominal and for ordinal labels.
    confusion : list of list of int
        Rows are the first rater's labels, columns the second's, in the order of `taskfit.labels.LABELS`.
    drivers : dict of str to float
        Cohen's kappa of "decisive" against the rest, by driver; empty without ratings.
    groups : dict of str to (int, float)
        Tasks and kappa by group.
    words : list of (str, int, int)
        Words whose tasks split the raters most: word, tasks with it, tasks that split.
    """

    n: int
    accuracy: float
    kappa: float
    weighted_kappa: float
    alpha: float
    ordinal_alpha: float
    confusion: list[list[int]]
    drivers: dict[str, float]
    groups: dict[str, tuple[int, float]]
    words: list[tuple[str, int, int]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def agreement(
    first: Sequence[str],
    second: Sequence[str],
    *,
    texts: Sequence[str] | None = None,
    drivers: tuple[NDArray[np.int8], NDArray[np.int8]] | None = None,
    groups: Sequence[str] | None = None,
) -> Agreement:
    """Compare two raters' labels of the same tasks.

    Parameters
    ----------
    first, second : sequence of str, length n
        Labels in the same order of tasks; at least one.
    texts : sequence of str, optional
        The tasks, for the words that split the raters.
    drivers : pair of ndarray of shape (n, 5), optional
        Ratings 0, 1, 2.
    groups : sequence of str, optional
        Such as the business function.

    Returns
    -------
    Agreement
    """
    a, b = (np.array([LABELS.index(label) for label in labels]) for labels in (first, second))
    levels = np.stack([a, b])
    by_group: dict[str, list[int]] = defaultdict(list)
    for row, group in enumerate(groups or []):
        by_group[group].append(row)
    return Agreement(
        n=len(a),
        accuracy=float((a == b).mean()),
        kappa=_kappa(a, b),
        weighted_kappa=_kappa(a, b, weights="quadratic"),
        alpha=krippendorff_alpha(levels, ordinal=False),
        ordinal_alpha=krippendorff_alpha(levels, ordinal=True),
        confusion=confusion_matrix(a, b, labels=range(len(LABELS))).tolist(),
        drivers={}
        if drivers is None
        else {
            name: _kappa(drivers[0][:, column] >= 2, drivers[1][:, column] >= 2) for column, name in enumerate(DRIVERS)
        },
        groups={group: (len(rows), _kappa(a[rows], b[rows])) for group, rows in sorted(by_group.items())},
        words=[] if texts is None else _splitting_words(texts, a != b),
    )


def krippendorff_alpha(levels: NDArray[np.integer], *, ordinal: bool) -> float:
    """Return Krippendorff's alpha of two raters without missing ratings.

    Parameters
    ----------
    levels : ndarray of int, shape (2, n)
        Ratings from 0 upward.
    ordinal : bool
        Whether a larger distance is a worse disagreement; else any two levels are equally far apart.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    """
    size = int(levels.max()) + 1
    coincidence = np.zeros((size, size))
    np.add.at(coincidence, (levels[0], levels[1]), 1.0)
    coincidence += coincidence.T
    totals = coincidence.sum(axis=1)
    distance = _ordinal_distance(totals) if ordinal else 1.0 - np.eye(size)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    disagreement = float((expected * distance).sum())
    return 1.0 if disagreement == 0 else 1.0 - float((coincidence * distance).sum()) / disagreement


def _ordinal_distance(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    size = len(totals)
    distance = np.zeros((size, size))
    for low in range(size):
        for high in range(low + 1, size):
            between = totals[low : high + 1].sum() - (totals[low] + totals[high]) / 2
            distance[low, high] = distance[high, low] = between**2
    return distance


def _kappa(first: NDArray[Any], second: NDArray[Any], weights: str | None = None) -> float:
    if len(np.unique(np.concatenate([first, second]))) == 1:
        return 1.0  # one value everywhere: agreement is complete, though the formula divides by zero
    return float(cohen_kappa_score(first, second, weights=weights))


def _splitting_words(texts: Sequence[str], split: NDArray[np.bool_], shown: int = 15) -> list[tuple[str, int, int]]:
    tasks: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    for text, differs in zip(texts, split, strict=True):
        words = set(_WORD.findall(text.lower()))
        tasks.update(words)
        if differs:
            splits.update(words)
    frequent = [word for word, count in tasks.items() if count >= _LEAST and splits[word]]
    ranked = sorted(frequent, key=lambda word: (-splits[word] / tasks[word], -tasks[word], word))
    return [(word, tasks[word], splits[word]) for word in ranked[:shown]]
