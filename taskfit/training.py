"""How is a model made? Check the labels, measure honestly, then fit on everything that may be used."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.bundle import Bundle
from taskfit.classifier import TaskFitClassifier
from taskfit.conformal import LabelSets
from taskfit.distillation import distil
from taskfit.encoders import Encoder, MemoEncoder, OnnxEncoder
from taskfit.evaluation import (
    Metrics,
    baselines,
    check_labelled,
    cross_validate,
    evaluate,
    fit,
    grouped_folds,
    measure,
    profile,
    refuse_unknown,
    sides,
    with_splits,
)
from taskfit.explain import Examples
from taskfit.finetuning import FineTuning, fine_tune
from taskfit.heads import LabelHead
from taskfit.labelled import LabelledTasks, concatenate
from taskfit.labels import LABELS, Label
from taskfit.policy import POLICIES
from taskfit.text import in_context
from taskfit.tier import Tier
from taskfit.unlabelled import Unlabelled

if TYPE_CHECKING:
    from taskfit.evaluation import LabelledSummary

__all__ = ["Training", "train", "train_fine_tuned"]

#: How the model under test is called in a table of figures.
MODEL_NAME = "taskfit"

#: Labelled tasks that explanations quote, at most; more would outgrow the encoder.
_QUOTED = 20_000

#: Share of tasks of unseen roles that may be called unlike those that were taught.
_UNLIKE = 0.03

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


def train(
    tasks: LabelledTasks,
    encoder: OnnxEncoder,
    *,
    also: Sequence[LabelledTasks] = (),
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
    also : sequence of LabelledTasks
        Further tasks to learn from; they are not quoted in explanations. Their ``test`` splits are kept out.
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
    memo = MemoEncoder(encoder)
    model = TaskFitClassifier(memo, random_state=random_state)
    fitting = tasks.split("train", "dev")
    testing = tasks.split("test")
    held_out = tasks.splits is not None and 0 < len(testing) < len(tasks)
    if held_out:
        figures = _test_split(model, fitting, testing, bootstrap, random_state)
        protocol = f"test split: {len(testing):,} tasks, fitted on {len(fitting):,}, {sides([tasks, *also])}"
    else:
        fitting = tasks
        figures, folds = _cross_validated(model, tasks, bootstrap, random_state)
        protocol = f"{folds}-fold cross-validation, no group and no repeated text on both sides"
    taught = concatenate([fitting, *(part.split("train", "dev") for part in also)])
    fitted = model.fit(taught.texts, taught.labels, drivers=taught.drivers, groups=taught.groups)
    facts = _facts(name, [tasks, *also], len(taught), figures, protocol, random_state)
    facts["training"]["seconds"] = round(time.perf_counter() - started, 1)
    tier = Tier(encoder, fitted.label_head_, fitted.driver_head_, _label_sets(fitted, taught))
    return Training(
        Bundle(tier, examples=_examples(fitting, memo, random_state), facts=facts), figures, summary, protocol
    )


def _label_sets(fitted: TaskFitClassifier, tasks: LabelledTasks) -> LabelSets | None:
    """Return label sets from the scores that were held out, where every label has them."""
    probabilities = fitted.out_of_fold_probabilities()
    if probabilities is None or len(fitted.classes_) < len(LABELS):
        return None
    columns = [fitted.label_head_.classes.index(label) for label in LABELS]
    return LabelSets.of(probabilities[:, columns], tasks.labels, LABELS)


def train_fine_tuned(
    tasks: LabelledTasks,
    base: str,
    *,
    teacher: str | None = None,
    also: Sequence[LabelledTasks] = (),
    unlabelled: Unlabelled | None = None,
    name: str = "custom",
    settings: FineTuning | None = None,
    random_state: int = 0,
    bootstrap: int = 200,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Training:
    """Teach an encoder and its heads, distil a fast tier from them, and measure both on tasks that they have not seen.

    If the tasks carry splits, ``train`` teaches, ``dev`` stops and calibrates, and the figures are those of
    ``test``. Otherwise a fifth of the groups is kept back for the figures and an eighth of the rest for stopping and
    calibration. The model that is measured is the one that is returned.

    Parameters
    ----------
    tasks : LabelledTasks
    base : str
        The encoder to start from, as for `taskfit.encoders.sentence_transformer.read`.
    teacher : str, optional
        A larger encoder that is taught first and teaches the base.
    also : sequence of LabelledTasks
        Further tasks to learn from, split like `tasks`; they are measured apart and not quoted in explanations.
    unlabelled : Unlabelled, optional
        More tasks for the fast tier to learn from, and for the accurate one if it has a teacher.
    name : str
        How the model is called in its manifest.
    settings : FineTuning, optional
    random_state : int
        Seed of the splits, the training and the intervals.
    bootstrap : int
        Resamples of the intervals of the figures; 0 for none.
    progress : callable
        Called with the stage, the steps done and the steps in all.

    Returns
    -------
    Training

    Raises
    ------
    LabelledDataError
        If the labels cannot train a model.
    EncoderError, MissingExtraError
        If the base or the teacher cannot be read, or torch is not installed.
    """
    started = time.perf_counter()
    summary = check_labelled(tasks.texts, tasks.labels, lines=tasks.lines)
    for part in also:
        refuse_unknown(part.labels, part.lines, part.source)
    # A file that says itself what teaches need not have all splits, if another has them.
    parts = [
        with_splits(tasks, random_state),
        *(part if part.splits else with_splits(part, random_state) for part in also),
    ]
    training, validation = (concatenate([part.split(split) for part in parts]) for split in ("train", "dev"))
    testing = parts[0].split("test")
    # Not even unlabelled may a task that measures be learned from.
    kept_back = [text for part in parts for text in part.split("dev", "test").texts]
    unlabelled = (unlabelled or Unlabelled([], [])).without(kept_back)
    settings = settings or FineTuning()
    taught = fine_tune(
        training,
        validation,
        base=base,
        teacher=teacher,
        unlabelled=unlabelled,
        settings=settings,
        random_state=random_state,
        progress=progress,
    )
    fast = distil(
        taught.tier,
        training,
        validation,
        unlabelled,
        random_state=random_state,
        progress=lambda done, total: progress("distilling", done, total),
    )
    seen = concatenate([training, validation])
    models = {MODEL_NAME: _classifier(taught.tier), f"{MODEL_NAME}, fast": _classifier(fast)}
    rivals = baselines(random_state)
    for rival in rivals.values():
        fit(rival, seen.texts, seen.labels, seen.groups)
    figures = _in_both_forms(rivals, models, testing, bootstrap, random_state)
    for part in parts[1:]:
        apart = part.split("test")
        if len(apart):
            figures += _in_both_forms(rivals, models, apart, bootstrap, random_state, f" on {part.source}")
    protocol = (
        f"test split: {len(testing):,} tasks, taught on {len(training):,}, stopped and calibrated on "
        f"{len(validation):,}, {sides(parts)}"
    )
    facts = _facts(name, parts, len(training), figures, protocol, random_state)
    facts["policies"] = _policies(taught.tier, testing)
    facts["policies_fast"] = _policies(fast, testing)
    facts["profile"] = profile(taught.tier, testing)
    facts["familiar"] = _familiar(taught.tier, parts[0], random_state)
    facts["reads_roles"] = training.roles is not None and settings.role_share > 0
    facts["training"] |= {
        "head": "taught with the encoder, vector-scaled on the dev split",
        "base": Path(base).resolve().name,
        "settings": settings.told(teacher is not None),
        "epochs": [asdict(epoch) for epoch in taught.history],
        "as_in_floats": taught.as_in_floats,
        "teacher": None if teacher is None else Path(teacher).resolve().name,
        "teacher_epochs": [asdict(epoch) for epoch in taught.teacher_history],
        "unlabelled": len(unlabelled.texts),
        "seconds": round(time.perf_counter() - started, 1),
    }
    examples = _examples(parts[0].split("train", "dev"), taught.tier.encoder, random_state)
    return Training(Bundle(taught.tier, fast, examples, facts), figures, summary, protocol)


def _familiar(tier: Tier, tasks: LabelledTasks, random_state: int) -> float:
    """Return the familiarity below which a task is unlike all that were taught: as few dev tasks as `_UNLIKE` are."""
    examples = _examples(tasks.split("train"), tier.encoder, random_state)
    familiarity = examples.familiarity(tier.encoder.encode(tasks.split("dev").texts))
    return round(float(np.quantile(familiarity, _UNLIKE)), 4)


def _classifier(tier: Tier) -> TaskFitClassifier:
    if not isinstance(tier.label_head, LabelHead):
        raise TypeError("only heads that taskfit fitted can be measured like this")
    return TaskFitClassifier.from_heads(MemoEncoder(tier.encoder), tier.label_head, tier.driver_head)


def _in_both_forms(
    rivals: Mapping[str, Any],
    models: Mapping[str, TaskFitClassifier],
    testing: LabelledTasks,
    bootstrap: int,
    random_state: int,
    suffix: str = "",
) -> list[Metrics]:
    """Measure all on bare tasks and, where roles are known, the models on tasks with their roles too."""
    measured = partial(evaluate, groups=testing.groups, bootstrap=bootstrap, random_state=random_state)
    named = {f"{name}{suffix}": estimator for name, estimator in [*rivals.items(), *models.items()]}
    figures = measured(named, testing.texts, testing.labels)
    if testing.roles is not None:
        told = [in_context(text, role) for text, role in zip(testing.texts, testing.roles, strict=True)]
        with_roles = {f"{name}, role known{suffix}": model for name, model in models.items()}
        figures += measured(with_roles, told, testing.labels)
    return figures


def _policies(tier: Tier, testing: LabelledTasks) -> dict[str, dict[str, Any]]:
    """Return how each named policy does on the test tasks, and what it leaves to people.

    The costs stand beside the figures, so that nobody quotes them for a policy of that name that has changed since.
    """
    probabilities = tier.probabilities(tier.encoder.encode(testing.texts))
    truth = np.array(testing.labels)
    results = {}
    for name, policy in POLICIES.items():
        possible = None
        if tier.label_sets is not None and policy.coverage is not None:
            possible = tier.label_sets.sets(probabilities, policy.coverage)
        decisions = policy.decide(probabilities, possible)
        called = np.array([decision.label for decision in decisions])
        alone = np.array([not decision.review for decision in decisions])
        metrics = measure(name, testing.labels, called.tolist())
        results[name] = {
            "costs": [list(row) for row in policy.costs],
            "accuracy": metrics.accuracy,
            "human_called_automatable": metrics.human_called_automatable,
            "human_called_automatable_count": metrics.human_called_automatable_count,
            "human_called_automatable_upper": metrics.human_called_automatable_upper,
            "automatable_called_human": metrics.automatable_called_human,
            "review": float(1 - alone.mean()),
            "accuracy_without_review": float((called == truth)[alone].mean()) if alone.any() else 1.0,
            "human_automated_without_review": int(
                ((called == Label.AUTOMATABLE) & (truth == Label.HUMAN_ESSENTIAL) & alone).sum()
            ),
        }
    return results


def _cross_validated(
    model: TaskFitClassifier, tasks: LabelledTasks, bootstrap: int, random_state: int
) -> tuple[list[Metrics], int]:
    folds = grouped_folds(tasks.texts, tasks.labels, tasks.groups, random_state=random_state)
    figures = cross_validate(
        {**baselines(random_state), MODEL_NAME: model}, tasks.texts, tasks.labels, folds,
        groups=tasks.groups, bootstrap=bootstrap, random_state=random_state,
    )  # fmt: skip
    return figures, len(folds)


def _test_split(
    model: TaskFitClassifier, fitting: LabelledTasks, testing: LabelledTasks, bootstrap: int, random_state: int
) -> list[Metrics]:
    estimators = {**baselines(random_state), MODEL_NAME: model}
    for estimator in estimators.values():
        fit(estimator, fitting.texts, fitting.labels, fitting.groups)
    return evaluate(
        estimators, testing.texts, testing.labels,
        groups=testing.groups, bootstrap=bootstrap, random_state=random_state,
    )  # fmt: skip


def _examples(fitting: LabelledTasks, encoder: Encoder, random_state: int) -> Examples:
    rows = np.random.default_rng(random_state).permutation(len(fitting))[:_QUOTED]
    quoted = fitting.take(np.sort(rows).tolist())
    sources = quoted.groups or [quoted.source] * len(quoted)
    return Examples.of(quoted.texts, quoted.labels, sources, encoder.encode(quoted.texts))


def _facts(
    name: str,
    parts: Sequence[LabelledTasks],
    fitted_on: int,
    figures: Sequence[Metrics],
    protocol: str,
    random_state: int,
) -> dict[str, Any]:
    return {
        "name": name,
        "created": datetime.now(UTC).date().isoformat(),
        "data": {"files": [asdict(file) for part in parts for file in part.files], "fitted_on": fitted_on},
        "training": {
            "head": "multinomial logistic regression, vector-scaled out of fold",
            "random_state": random_state,
            "libraries": {"taskfit": version("taskfit"), **{library: version(library) for library in _LIBRARIES}},
        },
        "protocol": protocol,
        "figures": [metrics.to_dict() for metrics in figures],
    }
