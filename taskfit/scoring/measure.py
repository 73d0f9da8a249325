"""How good is a loaded model, with its policy, on labelled tasks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taskfit.errors import LabelledDataError
from taskfit.evaluation import Metrics, baselines, check_labelled, cross_validate, grouped_folds, measure
from taskfit.labels import LABELS

if TYPE_CHECKING:
    from taskfit.labelled import LabelledTasks
    from taskfit.scoring.assess import Model

__all__ = ["measure_model"]


def measure_model(model: Model, tasks: LabelledTasks, *, bootstrap: int = 200, random_state: int = 0) -> list[Metrics]:
    """Measure a model beside the baselines.

    Parameters
    ----------
    model : Model
        Its policy decides the labels. It is told the roles if it reads roles and the tasks have them.
    tasks : LabelledTasks
        Not used to train the model, or the figures flatter it.
    bootstrap : int
        Resamples of the intervals; 0 for none.
    random_state : int
        Seed of folds and intervals.

    Returns
    -------
    list of Metrics
        Baselines, cross-validated on the same tasks by group where the tasks suffice for folds, then the model.

    Raises
    ------
    LabelledDataError
        If a label is not one of the three.
    """
    strangers = sorted(set(tasks.labels) - set(LABELS))
    if strangers:
        raise LabelledDataError(
            f"{tasks.source}: unknown label {strangers[0]!r}; a label is one of {', '.join(LABELS)}"
        )
    with_roles = model.reads_roles and tasks.roles is not None
    tier = model.bundle.tier
    probabilities = tier.probabilities(tier.encoder.encode(model.ask(tasks.texts, tasks.roles)))
    decided = [LABELS[index] for index in model.policy.labels(probabilities)]
    own = measure(
        f"{model.name} ({model.policy.name}{', roles known' if with_roles else ''})",
        tasks.labels,
        decided,
        np.asarray(probabilities),
        groups=tasks.groups,
        bootstrap=bootstrap,
        random_state=random_state,
    )
    return [*_baselines(tasks, bootstrap, random_state), own]


def _baselines(tasks: LabelledTasks, bootstrap: int, random_state: int) -> list[Metrics]:
    try:
        check_labelled(tasks.texts, tasks.labels)
        folds = grouped_folds(tasks.texts, tasks.labels, tasks.groups, random_state=random_state)
    except LabelledDataError:
        return []  # too few tasks for folds; the model itself can still be measured
    return cross_validate(
        baselines(random_state), tasks.texts, tasks.labels, folds, groups=tasks.groups, bootstrap=bootstrap
    )
