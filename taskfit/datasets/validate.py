"""Can a labelled corpus be trusted? Checks of its schema, its splits and its labels, with row numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from taskfit.classifier import TaskFitClassifier
from taskfit.encoders import Encoder
from taskfit.evaluation import leaks, right_spelling
from taskfit.folds import tied
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS, Label
from taskfit.text import key

__all__ = ["Problem", "validate"]

#: Cosine similarity of character n-grams from which two tasks count as near-duplicates.
NEAR = 0.88

#: Out-of-fold probability of another label from which a row counts as probably mislabelled.
DOUBTED = 0.8

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


def validate(tasks: LabelledTasks, *, encoder: Encoder | None = None, random_state: int = 0) -> list[Problem]:
    """Check a labelled corpus.

    Parameters
    ----------
    tasks : LabelledTasks
        Read leniently, or with a file of which nothing was refused. Members of a contrast family are meant to
        resemble each other.
    encoder : Encoder, optional
        If given, near-duplicates (by spelling) and probably mislabelled rows (by meaning) are looked for too.
    random_state : int
        Seed of the folds.

    Returns
    -------
    list of Problem
        Errors first, in the order of the file.
    """
    problems = [*_schema(tasks), *_repeats(tasks), *_leaks(tasks)]
    if encoder is not None and not any(problem.kind == "schema" for problem in problems):
        problems += [*_near(tasks), *_doubted(tasks, encoder, random_state)]
    return sorted(problems, key=lambda problem: (not problem.error, problem.lines))


def _schema(tasks: LabelledTasks) -> Iterator[Problem]:
    for fault in tasks.faults:
        yield Problem("schema", (fault.line,), fault.message, True)
    for row, label in enumerate(tasks.labels):
        where = (tasks.lines[row],)
        if label not in LABELS:
            yield Problem("schema", where, f"unknown label {label!r}: {right_spelling(label)}", True)
        elif tasks.drivers is not None:
            decisive = [name for name, rating in zip(DRIVERS, tasks.drivers[row], strict=True) if rating >= 2]
            if label == Label.HUMAN_ESSENTIAL and not decisive:
                yield Problem("schema", where, "human-essential, but no driver is decisive (2)", True)
            if label == Label.AUTOMATABLE and decisive:
                yield Problem("schema", where, f"automatable, but {decisive[0]} is decisive", True)


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


def _leaks(tasks: LabelledTasks) -> Iterator[Problem]:
    for leak in leaks(tasks):
        yield Problem("leak", tuple(tasks.lines[row] for row in leak.rows), str(leak), True)


def _near(tasks: LabelledTasks) -> Iterator[Problem]:
    # By spelling: an encoder that was taught labels puts tasks of one label close together, whatever they are about.
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
    texts, families = [key(text) for text in tasks.texts], tasks.families
    vectors = grams.fit_transform(texts)
    for start in range(0, len(tasks), _BLOCK):
        similarity = (vectors[start : start + _BLOCK] @ vectors.T).tocoo()
        close = similarity.data >= NEAR
        found = zip(similarity.row[close], similarity.col[close], similarity.data[close], strict=True)
        for at, other, cosine in sorted(found):
            row = start + int(at)
            same_family = families is not None and families[row] and families[row] == families[other]
            if row < other and not same_family and texts[row] != texts[other]:
                yield _near_problem(tasks, row, int(other), float(cosine))


def _near_problem(tasks: LabelledTasks, row: int, other: int, similarity: float) -> Problem:
    lines = (tasks.lines[row], tasks.lines[other])
    pair = f"{tasks.texts[row]!r} and {tasks.texts[other]!r} ({similarity:.2f})"
    if tasks.splits is not None and tasks.splits[row] != tasks.splits[other]:
        return Problem("leak", lines, f"near-duplicates in two splits: {pair}", True)
    return Problem("near_duplicate", lines, f"near-duplicates: {pair}", False)


def _doubted(tasks: LabelledTasks, encoder: Encoder, random_state: int) -> Iterator[Problem]:
    """Tell the rows whose label a model that never saw their group is sure to be another (Northcutt et al. 2021)."""
    labels = np.array(tasks.labels)
    if len(np.unique(labels)) == 1:
        return
    # As vectors, so that they are made once; and so that each task keeps its text's and its group's company.
    together = tied([key(text) for text in tasks.texts], *([] if tasks.groups is None else [tasks.groups]))
    model = TaskFitClassifier(encoder, random_state=random_state)
    model.fit(encoder.encode(tasks.texts), labels, groups=together)
    called = model.out_of_fold_probabilities()
    if called is None:
        return  # too few tasks to doubt any of them
    for row, best in enumerate(called.argmax(axis=1)):
        label, sure = str(model.classes_[best]), float(called[row, best])
        if label != labels[row] and sure >= DOUBTED:
            message = f"{tasks.texts[row]!r} is {labels[row]}; the rest of the corpus says {label} ({sure:.0%})"
            yield Problem("doubted", (tasks.lines[row],), message, False)
