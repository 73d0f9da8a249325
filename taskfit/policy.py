"""How do probabilities become a decision? A cost matrix, a review rule and a reason.

A policy is apart from the classifier: probabilities say what is likely, a policy says what a mistake costs. The
default makes calling human-essential work automatable the most expensive mistake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.errors import PolicyError
from taskfit.labels import LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DEFAULT_POLICY", "POLICIES", "Decision", "Policy", "find_policy"]

_AUTOMATABLE, _, _HUMAN = range(len(LABELS))


@dataclass(frozen=True)
class Decision:
    """What a policy makes of one task's probabilities.

    Parameters
    ----------
    label : str
        The label with the lowest expected cost.
    confidence : float
        Calibrated probability of that label, 0 to 1.
    review : bool
        Whether a person should look before anyone acts.
    reason : str
        Why a person should look, or why the label is not the likeliest one; empty if neither.
    """

    label: str
    confidence: float
    review: bool
    reason: str


@dataclass(frozen=True)
class Policy:
    """A cost matrix and limits.

    Parameters
    ----------
    name : str
    costs : tuple of tuple of float
        ``costs[true][decided]`` in the order of `taskfit.labels.LABELS`; a right decision costs 0.
    minimum_confidence : float
        Below it a decision goes to a person.
    maximum_human_risk : float
        A task called automatable goes to a person if it is human-essential with more than this probability.
    coverage : float, optional
        A task goes to a person if more than one label is possible, in label sets that hold the true label this often
        (see `taskfit.conformal`). None asks for no sets.
    """

    name: str
    costs: tuple[tuple[float, ...], ...]
    minimum_confidence: float
    maximum_human_risk: float
    coverage: float | None = None

    def __post_init__(self) -> None:
        costs = np.asarray(self.costs, dtype=float)
        if costs.shape != (len(LABELS), len(LABELS)):
            raise PolicyError(f"policy {self.name!r}: costs must be 3 rows of 3 numbers, got shape {costs.shape}")
        if not np.isfinite(costs).all() or (costs < 0).any() or np.diag(costs).any():
            raise PolicyError(f"policy {self.name!r}: costs must be finite, at least 0, and 0 on the diagonal")
        for limit in (self.minimum_confidence, self.maximum_human_risk, self.coverage or 0):
            if not 0 <= limit <= 1:
                raise PolicyError(f"policy {self.name!r}: limits must lie between 0 and 1, got {limit}")

    def labels(self, probabilities: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the index of the cheapest label for each row of probabilities, shape (n,)."""
        # Written out so that a row's sum never depends on how many rows there are.
        expected = sum(
            probabilities[:, [true]] * np.asarray(self.costs[true], dtype=float)[None, :] for true in range(len(LABELS))
        )
        # Ties go toward people: the last of the cheapest, as LABELS runs from technology to people.
        cheapest = np.argmin(np.round(np.asarray(expected), 9)[:, ::-1], axis=1)
        result: NDArray[np.intp] = len(LABELS) - 1 - cheapest
        return result

    def decide(self, probabilities: NDArray[np.float64], possible: NDArray[np.bool_] | None = None) -> list[Decision]:
        """Decide every row of calibrated probabilities.

        Parameters
        ----------
        probabilities : ndarray of shape (n, 3)
            In the order of `taskfit.labels.LABELS`.
        possible : ndarray of bool, shape (n, 3), optional
            Label sets at the policy's coverage, where the model has them.

        Returns
        -------
        list of Decision
        """
        sets = np.zeros_like(probabilities, dtype=np.bool_) if possible is None else possible
        # Plain lists: a million rows are decided one by one.
        columns = (probabilities, self.labels(probabilities), probabilities.argmax(axis=1), sets)
        return [self._decision(*entry) for entry in zip(*(column.tolist() for column in columns), strict=True)]

    def _decision(self, row: list[float], index: int, likeliest: int, possible: list[bool]) -> Decision:
        confidence = row[index]
        reasons = []
        if index != likeliest:
            reasons.append(f"{LABELS[likeliest]} is likelier, but a mistake would cost more")
        unsure = confidence < self.minimum_confidence
        if unsure:
            reasons.append(f"unsure: {_odds(row)}")
        risky = index == _AUTOMATABLE and row[_HUMAN] > self.maximum_human_risk
        if risky:
            reasons.append(f"{row[_HUMAN]:.0%} likely to need a person")
        others = [LABELS[other] for other, holds in enumerate(possible) if holds and other != index]
        if others and not unsure:
            reasons.append(f"may be {' or '.join(others)}")
        return Decision(LABELS[index], confidence, unsure or risky or bool(others), "; ".join(reasons))


def _odds(row: list[float]) -> str:
    first, second = sorted(range(len(row)), key=row.__getitem__, reverse=True)[:2]
    return f"{LABELS[first]} {row[first]:.0%}, {LABELS[second]} {row[second]:.0%}"


#: Named policies. Their measured error rates stand in the README.
POLICIES: dict[str, Policy] = {
    # Every mistake costs the same: the likeliest label.
    "balanced": Policy("balanced", ((0, 1, 1), (1, 0, 1), (1, 1, 0)), 0.60, 0.05, 0.90),
    # One wrongly automated human-essential task is as bad as fifteen other mistakes. Weighed on the dev split: making
    # other steps toward technology dearer as well cost accuracy and spared no human-essential task.
    "cautious": Policy("cautious", ((0, 1, 1), (1, 0, 1), (15, 1, 0)), 0.65, 0.02, 0.95),
    # For decisions that cannot be taken back: automatable only where almost nothing speaks against it.
    "strict": Policy("strict", ((0, 1, 1.5), (2, 0, 1), (30, 1.5, 0)), 0.80, 0.005, 0.99),
}

#: Name of the policy that is used unless another is asked for.
DEFAULT_POLICY = "cautious"

# What a policy's file may say.
_FIELDS = ("name", "costs", "minimum_confidence", "maximum_human_risk", "coverage")


def find_policy(name: str) -> Policy:
    """Return a policy by name, or read one from a JSON file.

    Parameters
    ----------
    name : str
        ``balanced``, ``cautious`` or ``strict``, or the path of a file such as
        ``{"name": "ours", "costs": [[0, 1, 2], [2, 0, 1], [20, 2, 0]], "minimum_confidence": 0.7,
        "maximum_human_risk": 0.01}``.

    Raises
    ------
    PolicyError
        If it is neither, or the file does not describe a policy.
    """
    if name in POLICIES:
        return POLICIES[name]
    path = Path(name)
    if not _is_file(path):
        known = ", ".join(POLICIES)
        raise PolicyError(f"no policy {name!r}: choose one of {known}, or give a JSON file")
    try:
        fields = json.loads(path.read_text(encoding="utf-8-sig"))
        unknown = sorted(set(fields) - set(_FIELDS))
        if unknown:
            raise PolicyError(f"{path}: no policy has {unknown[0]!r}; the fields are {', '.join(_FIELDS)}")
        return _from_dict(fields, default_name=path.stem)
    except (OSError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PolicyError(f"{path} does not describe a policy ({error!r}); see the README for the fields") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _from_dict(fields: dict[str, Any], default_name: str) -> Policy:
    return Policy(
        name=str(fields.get("name", default_name)),
        costs=tuple(tuple(float(cost) for cost in row) for row in fields["costs"]),
        minimum_confidence=float(fields["minimum_confidence"]),
        maximum_human_risk=float(fields["maximum_human_risk"]),
        coverage=None if fields.get("coverage") is None else float(fields["coverage"]),
    )
