"""Can a labelled corpus be trusted? Checks of its schema, its splits and its labels, with row numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from taskfit.classifier import TaskFitClassifier
from taskfit.encoders import Encoder
from taskfit.errors import LabelledDataError
from taskfit.evaluation import grouped_folds
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS, Label
from taskfit.text import key

__all__ = ["Problem", "validate"]

#: Cosine similarity of character n-grams from which two tasks count as near-duplicates.
NEAR = 0.88

#: Out-of-fold probability of another label from which a row counts as probably mislabelled.
DOUBTED = 0.9

_SPLITS = ("train", "dev", "test")
_BLOCK = 1024


@dataclass(frozen=True)
class Problem:
    """One finding.

    Parameters
    ----------
    kind : str
        ``schema``, ``contradiction``, ``duplicate``, ``leak``, ``near_duplicate`` or ``doubted``.
    lines : tuple of int
        Where in the file.
    message : str
    error : bool
        Whether the corpus should not be used like this; otherwise a person should look.
    """

    kind: str
    lines: tuple[int, ...]
    message: str
    error: bool


def validate(
    tasks: LabelledTasks,
    *,
    families: Sequence[str] | None = None,
    encoder: Encoder | None = None,
    random_state: int = 0,
) -> list[Problem]:
    """Check a labelled corpus.

    Parameters
    ----------
    tasks : LabelledTasks
    families : sequence of str, optional
        Contrast family of each task, empty for none. Members are meant to resemble each other.
    encoder : Encoder, optional
        If given, near-duplicates (by spelling) and probably mislabelled rows (by meaning) are looked for too.
    random_state : int
        Seed of the folds.

    Returns
    -------
    list of Problem
        Errors first, in the order of the file.
    """
    problems = [*_schema(tasks), *_repeats(tasks), *_leaks(tasks, families)]
    if encoder is not None and not any(problem.kind == "schema" for problem in problems):
        problems += [*_near(tasks, families), *_doubted(tasks, encoder.encode(tasks.texts), encoder, random_state)]
    return sorted(problems, key=lambda problem: (not problem.error, problem.lines))


def _schema(tasks: LabelledTasks) -> Iterator[Problem]:
    for row, label in enumerate(tasks.labels):
        where = (tasks.lines[row],)
        if label not in LABELS:
            yield Problem("schema", where, f"unknown label {label!r}: one of {', '.join(LABELS)}", True)
        elif tasks.drivers is not None:
            decisive = [name for name, rating in zip(DRIVERS, tasks.drivers[row], strict=True) if rating >= 2]
            if label == Label.HUMAN_ESSENTIAL and not decisive:
                yield Problem("schema", where, "human-essential, but no driver is decisive (2)", True)
            if label == Label.AUTOMATABLE and decisive:
                yield Problem("schema", where, f"automatable, but {decisive[0]} is decisive", True)
        if tasks.splits is not None and tasks.splits[row] not in _SPLITS:
            yield Problem("schema", where, f"unknown split {tasks.splits[row]!r}: one of {', '.join(_SPLITS)}", True)


def _repeats(tasks: LabelledTasks) -> Iterator[Problem]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, text in enumerate(tasks.texts):
        found[key(text), "" if tasks.roles is None else key(tasks.roles[row])].append(row)
    for rows in found.values():
        if len(rows) == 1:
            continue
        lines = tuple(tasks.lines[row] for row in rows)
        if len({tasks.labels[row] for row in rows}) > 1:
            named = " and ".join(sorted({tasks.labels[row] for row in rows}))
            yield Problem("contradiction", lines, f"{tasks.texts[rows[0]]!r} is {named}", True)
        else:
            yield Problem("duplicate", lines, f"{tasks.texts[rows[0]]!r} stands {len(rows)} times", False)


def _leaks(tasks: LabelledTasks, families: Sequence[str] | None) -> Iterator[Problem]:
    if tasks.splits is None:
        return
    keys = {
        "role": [key(role) for role in tasks.roles or []],
        "family": list(families or []),
        "text": [key(text) for text in tasks.texts],
    }
    for name, values in keys.items():
        first: dict[str, int] = {}
        told = set()
        for row, value in enumerate(values):
            if not value or value in told:
                continue
            start = first.setdefault(value, row)
            if tasks.splits[start] != tasks.splits[row]:
                told.add(value)
                message = f"{name} {value!r} is in {tasks.splits[start]} and in {tasks.splits[row]}"
                yield Problem("leak", (tasks.lines[start], tasks.lines[row]), message, True)


def _near(tasks: LabelledTasks, families: Sequence[str] | None) -> Iterator[Problem]:
    # By spelling: an encoder that was taught labels puts tasks of one label close together, whatever they are about.
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
    vectors = grams.fit_transform([key(text) for text in tasks.texts])
    for start in range(0, len(tasks), _BLOCK):
        similarity = (vectors[start : start + _BLOCK] @ vectors.T).tocoo()
        close = similarity.data >= NEAR
        found = zip(similarity.row[close], similarity.col[close], similarity.data[close], strict=True)
        for at, other, cosine in sorted(found):
            row = start + int(at)
            same_family = families is not None and families[row] and families[row] == families[other]
            if row >= other or same_family or key(tasks.texts[row]) == key(tasks.texts[int(other)]):
                continue
            yield _near_problem(tasks, row, int(other), float(cosine))


def _near_problem(tasks: LabelledTasks, row: int, other: int, similarity: float) -> Problem:
    lines = (tasks.lines[row], tasks.lines[other])
    pair = f"{tasks.texts[row]!r} and {tasks.texts[other]!r} ({similarity:.2f})"
    if tasks.splits is not None and tasks.splits[row] != tasks.splits[other]:
        return Problem("leak", lines, f"near-duplicates in two splits: {pair}", True)
    return Problem("near_duplicate", lines, f"near-duplicates: {pair}", False)


def _doubted(
    tasks: LabelledTasks, vectors: NDArray[np.float32], encoder: Encoder, random_state: int
) -> Iterator[Problem]:
    """Tell the rows whose label a model that never saw their group is sure to be another (Northcutt et al. 2021)."""
    try:
        folds = grouped_folds(tasks.texts, tasks.labels, tasks.groups, random_state=random_state)
    except LabelledDataError:
        return  # too few tasks to doubt any of them
    labels = np.array(tasks.labels)
    if len(np.unique(labels)) == 1:
        return
    for train, test in folds:
        if len(np.unique(labels[train])) < len(np.unique(labels)):
            continue
        groups = None if tasks.groups is None else [tasks.groups[row] for row in train]
        model = TaskFitClassifier(encoder, random_state=random_state)
        model.fit(vectors[train], labels[train], groups=groups)
        for row, probabilities in zip(test, model.label_head_.probabilities(vectors[test]), strict=True):
            best = int(np.argmax(probabilities))
            called = str(model.classes_[best])
            if called != labels[row] and probabilities[best] >= DOUBTED:
                message = f"{tasks.texts[row]!r} is {labels[row]}; the rest of the corpus says {called}"
                yield Problem("doubted", (tasks.lines[row],), f"{message} ({probabilities[best]:.0%})", False)
