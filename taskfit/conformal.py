"""Which labels are still possible? Label sets that hold the true label as often as they promise.

Split-conformal sets, one threshold a label: of the tasks that truly have a label, the promised share has it in their
set. So at 99 % at most one human-essential task in a hundred is called something else without a doubt being told,
as long as the tasks resemble those that the sets were fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LabelSets"]


@dataclass(frozen=True)
class LabelSets:
    """Calibrated label sets.

    Parameters
    ----------
    scores : tuple of ndarray
        For each label, in the order of the columns of probabilities, the sorted ``1 - p`` of the label on tasks that
        truly have it and that the model was not fitted on.

    References
    ----------
    Vovk (2012), "Conditional validity of inductive conformal predictors"; Sadinle, Lei, Wasserman (2019), "Least
    ambiguous set-valued classifiers with bounded error levels".
    """

    scores: tuple[NDArray[np.float64], ...]

    @classmethod
    def of(cls, probabilities: NDArray[np.float64], labels: Sequence[str], names: Sequence[str]) -> LabelSets:
        """Fit sets.

        Parameters
        ----------
        probabilities : ndarray of shape (n, len(names))
            Of tasks that the model was not fitted on.
        labels : sequence of str, length n
            Their true labels.
        names : sequence of str
            The labels, in the order of the columns.
        """
        truth = np.array(list(labels), dtype=object)
        return cls(tuple(np.sort(1 - probabilities[truth == name, column]) for column, name in enumerate(names)))

    def thresholds(self, coverage: float) -> NDArray[np.float64]:
        """Return the largest ``1 - p`` that each label may have to stand in a set, shape (labels,).

        A label with too few tasks for the coverage always stands in the set: its threshold is 1.
        """
        result = np.ones(len(self.scores))
        for column, scores in enumerate(self.scores):
            rank = int(np.ceil((len(scores) + 1) * coverage))
            if 0 < rank <= len(scores):
                result[column] = scores[rank - 1]
        return result

    def sets(self, probabilities: NDArray[np.float64], coverage: float) -> NDArray[np.bool_]:
        """Return which labels are possible.

        Parameters
        ----------
        probabilities : ndarray of shape (n, labels)
        coverage : float
            Promised share, by label, of tasks whose set holds their true label; between 0 and 1.

        Returns
        -------
        ndarray of bool, shape (n, labels)
            The likeliest label always stands in its set.
        """
        possible: NDArray[np.bool_] = 1 - probabilities <= self.thresholds(coverage)
        possible[np.arange(len(probabilities)), probabilities.argmax(axis=1)] = True
        return possible
