"""Are the labels usable, and how are they split so that a test is honest?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskfit.errors import LabelledDataError
from taskfit.folds import separable, stratified_folds, tied
from taskfit.labelled import LabelledTasks, concatenate
from taskfit.labels import LABELS
from taskfit.text import key

__all__ = [
    "LabelledSummary",
    "Leak",
    "check_labelled",
    "grouped_folds",
    "leaks",
    "refuse_unknown",
    "right_spelling",
    "sides",
    "with_splits",
]

_SHOWN = 5


@dataclass(frozen=True)
class LabelledSummary:
    """What labelled tasks look like.

    Parameters
    ----------
    n : int
        Labelled tasks.
    distinct : int
        Distinct texts among them.
    counts : dict of str to int
        Tasks by label.
    contradictions : int
        Distinct texts that carry different labels.
    examples : tuple of str
        Up to five contradictions in words.
    """

    n: int
    distinct: int
    counts: dict[str, int]
    contradictions: int
    examples: tuple[str, ...]

    def warnings(self) -> list[str]:
        """Return what whoever labelled the tasks should know."""
        if not self.contradictions:
            return []
        head = f"{self.contradictions:,} of {self.distinct:,} distinct tasks carry different labels in different rows"
        return [head, *self.examples]


@dataclass(frozen=True)
class Leak:
    """Something that stands in two splits, so that the figures of one flatter a model that was taught on the other.

    Parameters
    ----------
    kind : str
        ``role``, ``group``, ``family`` or ``text``.
    value : str
        Normalised and case-folded.
    splits : tuple of (str, str)
    rows : tuple of (int, int)
        Positions of the first task with it and of the first one in another split.
    """

    kind: str
    value: str
    splits: tuple[str, str]
    rows: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.kind} {self.value!r} is in {self.splits[0]} and in {self.splits[1]}"


def leaks(tasks: LabelledTasks) -> list[Leak]:
    """Return the roles, groups, contrast families and texts of a file that stand in two of its own splits."""
    if tasks.splits is None:
        return []
    columns = {"role": tasks.roles, "group": tasks.groups, "family": tasks.families, "text": tasks.texts}
    if tasks.groups == tasks.roles:
        del columns["group"]
    return [
        leak
        for kind, values in columns.items()
        if values is not None
        for leak in _leaks_of(kind, [key(value) for value in values], tasks.splits)
    ]


def sides(parts: Sequence[LabelledTasks]) -> str:
    """Say in words whether a ``test`` split shares anything with what is learned from, in files that are used together.

    Parameters
    ----------
    parts : sequence of LabelledTasks
        Tasks without splits are learned from.
    """
    measured = [[split if split == "test" else "train" for split in part.splits or [""] * len(part)] for part in parts]
    found = leaks(concatenate([replace(part, splits=splits) for part, splits in zip(parts, measured, strict=True)]))
    if not found:
        return "no role on two sides"
    others = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return f"but {found[0]}{others}, which flatters the figures"


def check_labelled(
    texts: Sequence[str], labels: Sequence[str], *, lines: Sequence[int] | None = None, minimum_per_class: int = 10
) -> LabelledSummary:
    """Refuse labels that cannot train a model, and count contradictions.

    Parameters
    ----------
    texts, labels : sequence of str
    lines : sequence of int, optional
        Where each task stands in its file; 1, 2, 3, ... if left out.
    minimum_per_class : int
        The least number of tasks a label.

    Returns
    -------
    LabelledSummary

    Raises
    ------
    LabelledDataError
        If there is no task, an unknown label, one label only, or a label with too few tasks.
    """
    where = list(lines) if lines is not None else list(range(1, len(texts) + 1))
    if not texts:
        raise LabelledDataError("there are no labelled tasks: give at least ten a label")
    refuse_unknown(labels, where)
    counts = Counter(labels)
    shown = ", ".join(f"{name} {counts[name]}" for name in LABELS)
    if len(counts) == 1:
        raise LabelledDataError(f"every task is {labels[0]}: a model needs tasks of at least two labels")
    small = [name for name in counts if counts[name] < minimum_per_class]
    if small:
        raise LabelledDataError(
            f"too few tasks are {small[0]}: at least {minimum_per_class} a label are needed; there are {shown}"
        )
    return _summary(texts, labels, where, dict(counts))


def grouped_folds(
    texts: Sequence[str],
    labels: Sequence[str],
    groups: Sequence[Any] | None = None,
    *,
    n_splits: int = 5,
    random_state: int = 0,
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Split tasks so that no group and no repeated text stands on both sides.

    Groups that share a text are kept together, as are texts that share a group.

    Parameters
    ----------
    texts, labels : sequence of str, length n
    groups : sequence, length n, optional
        Such as the role of each task.
    n_splits : int
        Wanted number of folds; fewer are made where a label has fewer separable parts.
    random_state : int

    Returns
    -------
    list of (train, test)
        Arrays of positions; each position is in one test part.

    Raises
    ------
    LabelledDataError
        If not even two folds are possible.
    """
    parts = tied([key(text) for text in texts], *([] if groups is None else [groups]))
    names = np.asarray(labels).astype(str)
    folds = stratified_folds(names, parts, n_splits, random_state)
    if not folds:
        counts = separable(names, parts)
        scarce = min(counts, key=counts.__getitem__)
        raise LabelledDataError(
            f"all {scarce} tasks share one group or text, so none is left to test on: label tasks of more groups, "
            "or name another column with --group"
        )
    return folds


def with_splits(tasks: LabelledTasks, random_state: int) -> LabelledTasks:
    """Return tasks with all three splits, making those that they lack out of ``train``.

    Parameters
    ----------
    tasks : LabelledTasks
    random_state : int
        Seed of the splits that are made.

    Returns
    -------
    LabelledTasks
        A ``test`` split that is made has a fifth of the groups, a ``dev`` split an eighth of the rest.

    Raises
    ------
    LabelledDataError
        If there are too few groups of a label to keep some back.
    """
    splits = np.array(tasks.splits or ["train"] * len(tasks), dtype=object)
    for name, folds in (("test", 5), ("dev", 8)):
        if name in splits:
            continue
        rows = np.flatnonzero(splits == "train")
        part = tasks.take(rows.tolist())
        try:
            made = grouped_folds(part.texts, part.labels, part.groups, n_splits=folds, random_state=random_state)
        except LabelledDataError as error:
            raise LabelledDataError(f"{tasks.source}: {error}") from error
        splits[rows[made[0][1]]] = name
    return replace(tasks, splits=splits.tolist())


def refuse_unknown(labels: Sequence[str], lines: Sequence[int], source: str = "") -> None:
    """Refuse labels that are none of the three.

    Raises
    ------
    LabelledDataError
        Naming the first unknown label, its lines and how it is spelt rightly.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for label, line in zip(labels, lines, strict=True):
        if label not in LABELS:
            places[label].append(line)
    if places:
        label, found = next(iter(places.items()))
        rows = ", ".join(map(str, found[:_SHOWN])) + (", ..." if len(found) > _SHOWN else "")
        others = f" (and {len(places) - 1} other unknown labels)" if len(places) > 1 else ""
        where = f"{source}: " if source else ""
        raise LabelledDataError(f"{where}unknown label {label!r} in line {rows}{others}: {right_spelling(label)}")


def right_spelling(label: str) -> str:
    """Return what to write instead of an unknown label, in words."""
    folded = "-".join(label.casefold().replace("_", " ").replace("-", " ").split())
    return f"write {folded!r}" if folded in LABELS else f"a label is one of {', '.join(LABELS)}"


def _summary(
    texts: Sequence[str], labels: Sequence[str], lines: Sequence[int], counts: dict[str, int]
) -> LabelledSummary:
    rows: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        rows[key(text)].append(position)
    contradictory = [found for found in rows.values() if len({labels[position] for position in found}) > 1]
    examples = tuple(
        f"{texts[found[0]]!r}: "
        + ", ".join(f"{labels[position]} in line {lines[position]}" for position in found[:_SHOWN])
        for found in contradictory[:_SHOWN]
    )
    return LabelledSummary(len(texts), len(rows), counts, len(contradictory), examples)


def _leaks_of(kind: str, values: Sequence[str], splits: Sequence[str]) -> list[Leak]:
    first: dict[str, int] = {}
    found: dict[str, Leak] = {}
    for row, value in enumerate(values):
        start = first.setdefault(value, row)
        if value and value not in found and splits[start] != splits[row]:
            found[value] = Leak(kind, value, (splits[start], splits[row]), (start, row))
    return list(found.values())
