"""What else should people know before they rely on a model? How its confidence, doubt and drivers hold up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from taskfit.evaluation.metrics import reliability_table
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS
from taskfit.tier import Tier

__all__ = ["COVERAGES", "profile"]

#: Promised coverages whose label sets are measured.
COVERAGES = (0.90, 0.95, 0.99)

#: Shares of the surest tasks whose accuracy is measured.
_SUREST = (0.25, 0.5, 0.75, 0.9, 1.0)


def profile(tier: Tier, testing: LabelledTasks) -> dict[str, Any]:
    """Measure one tier on tasks that it has not seen.

    Parameters
    ----------
    tier : Tier
    testing : LabelledTasks
        Scored without roles.

    Returns
    -------
    dict
        Plain JSON values: ``reliability`` (mean confidence, accuracy and tasks of each bin), ``surest`` (share of the
        surest tasks, accuracy), ``label_sets`` by promised coverage (coverage by label, mean size, share of single
        labels), ``drivers`` (area under the ROC curve of "decisive"), ``families`` (contrast families, and how many
        have every member right).
    """
    vectors = tier.encoder.encode(testing.texts)
    probabilities = tier.probabilities(vectors)
    truth = np.array([LABELS.index(label) for label in testing.labels])
    right, confidence = probabilities.argmax(axis=1) == truth, probabilities.max(axis=1)
    surest = np.argsort(-confidence, kind="stable")
    result: dict[str, Any] = {
        "reliability": [list(entry) for entry in reliability_table(right, confidence)],
        "surest": [[share, float(right[surest[: max(1, round(share * len(right)))]].mean())] for share in _SUREST],
    }
    if tier.label_sets is not None:
        result["label_sets"] = {
            str(coverage): _coverage(tier.label_sets.sets(probabilities, coverage), truth) for coverage in COVERAGES
        }
    if tier.driver_head is not None and testing.drivers is not None:
        strengths, decisive = tier.driver_head.strengths(vectors), testing.drivers >= 2
        result["drivers"] = {
            name: float(roc_auc_score(decisive[:, column], strengths[:, column]))
            for column, name in enumerate(DRIVERS)
            if 0 < decisive[:, column].sum() < len(decisive)
        }
    if testing.families is not None:
        result["families"] = _families(testing.families, right)
    return result


def _coverage(sets: NDArray[np.bool_], truth: NDArray[np.intp]) -> dict[str, Any]:
    held = sets[np.arange(len(truth)), truth]
    sizes = sets.sum(axis=1)
    return {
        "covered": {name: float(held[truth == at].mean()) for at, name in enumerate(LABELS) if (truth == at).any()},
        "size": float(sizes.mean()),
        "single": float((sizes == 1).mean()),
    }


def _families(families: Sequence[str], right: NDArray[np.bool_]) -> dict[str, int]:
    members: dict[str, list[bool]] = defaultdict(list)
    for family, correct in zip(families, right, strict=True):
        if family:
            members[family].append(bool(correct))
    contrasts = [flags for flags in members.values() if len(flags) > 1]
    return {"families": len(contrasts), "all_right": sum(all(flags) for flags in contrasts)}
