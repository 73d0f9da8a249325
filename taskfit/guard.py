"""What would it cost in quality? Work that technology could take, with the human-essential work expected in it.

Every figure of what technology could take stands in one object with what it would cost (`Guard`), so that no caller can
show the one without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taskfit.labels import LABELS, Label
from taskfit.scored import ScoredTasks, Weights, said

__all__ = ["COVERAGE", "Guard", "draw", "guard", "guards", "in_words", "summed"]

#: Promised coverage of the intervals.
COVERAGE = 0.90

_DRAWS = 500
_BLOCK = 2_000  # tasks that are drawn at once
_AUTOMATABLE, _HUMAN = LABELS.index(Label.AUTOMATABLE), LABELS.index(Label.HUMAN_ESSENTIAL)


@dataclass(frozen=True)
class Guard:
    """What technology could take, and what that would put at risk. Show all of it or none.

    Parameters
    ----------
    automatable : float
        Weight of the tasks called automatable.
    unreviewed : float
        How much of it no person is asked to look at.
    wrongly_automated : float
        Expected weight of human-essential work among them.
    wrongly_automated_low, wrongly_automated_high : float
        Its 90 % interval, if the model's chances are right.
    wrongly_automated_share : float
        The expected weight as a share of `automatable`, 0 to 1.
    at_risk : float
        Expected weight of work among them that is not automatable: human-essential or augmentable.
    overruled : float
        Weight that people decided toward technology against the model's likeliest label. What people decided counts as
        certain, so it is in no expectation above.
    """

    automatable: float
    unreviewed: float
    wrongly_automated: float
    wrongly_automated_low: float
    wrongly_automated_high: float
    wrongly_automated_share: float
    at_risk: float
    overruled: float


def guard(tasks: ScoredTasks, weights: Weights, rows: NDArray[np.intp], *, random_state: int = 0) -> Guard:
    """Return the guard of some rows, by the labels that were decided."""
    called = np.array([tasks.labels[row] == Label.AUTOMATABLE for row in rows], dtype=np.bool_)[:, None]
    random = np.random.default_rng(random_state)
    return guards(tasks, weights, rows, called, tasks.review[rows][:, None], random)[0]


def guards(
    tasks: ScoredTasks,
    weights: Weights,
    rows: NDArray[np.intp],
    called: NDArray[np.bool_],
    review: NDArray[np.bool_],
    random: np.random.Generator,
) -> list[Guard]:
    """Return a guard for each way of deciding the same rows, from the same draws.

    Parameters
    ----------
    tasks : ScoredTasks
    weights : Weights
    rows : ndarray of int, shape (n,)
    called : ndarray of bool, shape (n, k)
        Which of the rows each way calls automatable.
    review : ndarray of bool, shape (n, k)
        Which of them it would show to a person.
    random : numpy.random.Generator
    """
    chances, weight = tasks.chances[rows], weights.values[rows]
    _, human = draw(chances, weight, weight[:, None] * called, random)
    return summed(tasks, weights, rows, called, review, human)


def summed(
    tasks: ScoredTasks,
    weights: Weights,
    rows: NDArray[np.intp],
    called: NDArray[np.bool_],
    review: NDArray[np.bool_],
    human: NDArray[np.float64],
) -> list[Guard]:
    """Return the guards from sums of human-essential weight that were drawn already, shape (draws, k)."""
    chances, weight = tasks.chances[rows], weights.values[rows]
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(human, [tail, 1 - tail], axis=0)
    overruled = float(weight[tasks.overruled[rows]].sum())
    found = []
    for at in range(called.shape[1]):
        taken = weight * called[:, at]
        total, wrong = float(taken.sum()), float(taken @ chances[:, _HUMAN])
        found.append(
            Guard(
                automatable=total,
                unreviewed=float(taken[~review[:, at]].sum()),
                wrongly_automated=wrong,
                wrongly_automated_low=min(wrong, float(low[at])),
                wrongly_automated_high=max(wrong, float(high[at])),
                wrongly_automated_share=wrong / total if total else 0.0,
                at_risk=float(taken @ (1 - chances[:, _AUTOMATABLE])),
                overruled=overruled,
            )
        )
    return found


def draw(
    chances: NDArray[np.float64], weight: NDArray[np.float64], human: NDArray[np.float64], random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw the true labels of tasks from their chances many times, and add up what they weigh.

    Parameters
    ----------
    chances : ndarray of shape (n, 3)
    weight : ndarray of shape (n,)
    human : ndarray of shape (n, k)
        Further weights, added up over the tasks that were drawn as human-essential.
    random : numpy.random.Generator

    Returns
    -------
    labels : ndarray of shape (draws, 3)
        Weight by label.
    human : ndarray of shape (draws, k)
    """
    bounds = chances.cumsum(axis=1)[:, :-1].astype(np.float32)
    labels, people = np.zeros((_DRAWS, len(LABELS))), np.zeros((_DRAWS, human.shape[1]))
    for start in range(0, len(weight), _BLOCK):  # bounded memory
        block = slice(start, start + _BLOCK)
        part, further = weight[block].astype(np.float32), human[block].astype(np.float32)
        drawn = random.random((_DRAWS, len(part)), dtype=np.float32)
        first, both = (drawn < bounds[block, column] for column in (0, 1))
        labels[:, 0] += first @ part
        labels[:, 1] += (both & ~first) @ part
        labels[:, 2] += ~both @ part
        people += ~both @ further
    return labels, people


def in_words(guard: Mapping[str, float], unit: str) -> str:
    """Return a guard, as `dataclasses.asdict` gives it, in one line."""
    low, high = (said(guard[f"wrongly_automated_{end}"], unit, bare=True) for end in ("low", "high"))
    line = (
        f"called automatable {said(guard['automatable'], unit)}, {said(guard['unreviewed'], unit)} of it sure enough "
        f"to start with; of it {said(guard['wrongly_automated'], unit)} ({low}–{high}) human-essential after all "
        f"({guard['wrongly_automated_share']:.1%}), {said(guard['at_risk'], unit)} at quality risk"
    )
    if guard["overruled"]:
        line += (
            f"; people decided {said(guard['overruled'], unit)} toward technology against the model's likeliest label"
        )
    return line
