"""How is a model made? Check the labels, measure honestly, then fit on everything that may be used."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from taskfit.bundle import Bundle
from taskfit.classifier import TaskFitClassifier
from taskfit.encoders import OnnxEncoder
from taskfit.evaluation import Metrics, baselines, check_labelled, cross_validate, evaluate, fit, grouped_folds
from taskfit.explain import Examples
from taskfit.labelled import LabelledTasks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from taskfit.evaluation import LabelledSummary

__all__ = ["Training", "train"]

#: How the model under test is called in a table of figures.
MODEL_NAME = "taskfit"

_LIBRARIES = ("numpy", "scikit-learn", "onnxruntime", "tokenizers")


@dataclass(frozen=True)
class Training:
    """A trained model and how well it did on tasks that it had not seen.

    Parameters
    ----------
    bundle : Bundle
        Ready for `taskfit.bundle.save`.
    figures : list of Metrics
        Baselines and the model, on the same held-out tasks.
    summary : LabelledSummary
        What the labelled data look like.
    protocol : str
        How the figures were measured, in words.
    """

    bundle: Bundle
    figures: list[Metrics]
    summary: LabelledSummary
    protocol: str


@dataclass
class _MemoEncoder:
    """An encoder that remembers, so that each distinct text is encoded once for all folds."""

    encoder: OnnxEncoder
    known: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        for text, vector in zip(new, self.encoder.encode(new), strict=True):
            self.known[text] = vector
        if len(texts) == 0:
            return self.encoder.encode(texts)
        return np.stack([self.known[text] for text in texts])

    def __deepcopy__(self, memo: dict[int, object]) -> _MemoEncoder:
        return self  # scikit-learn's clone copies parameters; the memory is to be shared


def train(
    tasks: LabelledTasks,
    encoder: OnnxEncoder,
    *,
    name: str = "custom",
    random_state: int = 0,
    bootstrap: int = 200,
) -> Training:
    """Fit a model on an encoder's vectors.

    If the tasks carry splits, the figures are those of the ``test`` split, fitted on the rest, and the model is
    fitted on everything but ``test``. Otherwise the figures come from five-fold cross-validation in which no group
    and no repeated text stands on both sides, and the model is fitted on everything.

    Parameters
    ----------
    tasks : LabelledTasks
    encoder : OnnxEncoder
    name : str
        How the model is called in its manifest.
    random_state : int
        Seed of folds and intervals.
    bootstrap : int
        Resamples of the intervals of the figures; 0 for none.

    Returns
    -------
    Training

    Raises
    ------
    LabelledDataError
        If the labels cannot train a model: one label only, a class too small, unknown names.
    """
    started = time.perf_counter()
    summary = check_labelled(tasks.texts, tasks.labels, lines=tasks.lines)
    memo = _MemoEncoder(encoder)
    model = TaskFitClassifier(memo, random_state=random_state)
    fitting = tasks.split("train", "dev")
    testing = tasks.split("test")
    held_out = tasks.splits is not None and 0 < len(testing) < len(tasks)
    if held_out:
        figures = _test_split(model, fitting, testing, bootstrap, random_state)
        protocol = f"test split: {len(testing):,} tasks, fitted on {len(fitting):,}, no role on both sides"
    else:
        fitting = tasks
        figures, folds = _cross_validated(model, tasks, bootstrap, random_state)
        protocol = f"{folds}-fold cross-validation, no group and no repeated text on both sides"
    fitted = model.fit(fitting.texts, fitting.labels, drivers=fitting.drivers, groups=fitting.groups)
    facts = _facts(name, tasks, fitting, figures, protocol, random_state)
    facts["training"]["seconds"] = round(time.perf_counter() - started, 1)
    return Training(_bundle(fitted, encoder, memo, fitting, facts), figures, summary, protocol)


def _estimators(model: TaskFitClassifier, random_state: int) -> dict[str, Any]:
    return {**baselines(random_state), MODEL_NAME: model}


def _cross_validated(
    model: TaskFitClassifier, tasks: LabelledTasks, bootstrap: int, random_state: int
) -> tuple[list[Metrics], int]:
    folds = grouped_folds(tasks.texts, tasks.labels, tasks.groups, random_state=random_state)
    figures = cross_validate(
        _estimators(model, random_state), tasks.texts, tasks.labels, folds, groups=tasks.groups, bootstrap=bootstrap
    )
    return figures, len(folds)


def _test_split(
    model: TaskFitClassifier, fitting: LabelledTasks, testing: LabelledTasks, bootstrap: int, random_state: int
) -> list[Metrics]:
    estimators = _estimators(model, random_state)
    for estimator in estimators.values():
        fit(estimator, fitting.texts, fitting.labels, fitting.groups)
    return evaluate(estimators, testing.texts, testing.labels, groups=testing.groups, bootstrap=bootstrap)


def _bundle(
    model: TaskFitClassifier,
    encoder: OnnxEncoder,
    memo: _MemoEncoder,
    fitting: LabelledTasks,
    facts: Mapping[str, Any],
) -> Bundle:
    sources = fitting.groups or [fitting.source] * len(fitting)
    examples = Examples.of(fitting.texts, fitting.labels, sources, memo.encode(fitting.texts))
    return Bundle(encoder, model.label_head_, model.driver_head_, examples, dict(facts))


def _facts(
    name: str,
    tasks: LabelledTasks,
    fitting: LabelledTasks,
    figures: Sequence[Metrics],
    protocol: str,
    random_state: int,
) -> dict[str, Any]:
    return {
        "name": name,
        "created": datetime.now(UTC).date().isoformat(),
        "data": {"file": tasks.source, "sha256": tasks.digest, "tasks": len(tasks), "fitted_on": len(fitting)},
        "training": {
            "head": "multinomial logistic regression, vector-scaled out of fold",
            "random_state": random_state,
            "libraries": {"taskfit": version("taskfit"), **{library: version(library) for library in _LIBRARIES}},
        },
        "protocol": protocol,
        "figures": [metrics.to_dict() for metrics in figures],
    }
