"""What can be learned without labels? Tasks and parts of tasks that a model which knows more can be asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from taskfit.labelled import LabelledTasks
from taskfit.text import in_context, key, normalise

__all__ = ["Unlabelled", "questions"]

_CLAUSE = re.compile(r"[,;]| and | or | to | by | using | in | for | with | from ")
_CLAUSE_WORDS = range(2, 13)


@dataclass(frozen=True)
class Unlabelled:
    """Tasks without labels, to be learned from a model that knows more.

    Parameters
    ----------
    texts, roles : list of str
        One entry a task; an empty role is unknown.
    kept_back : frozenset of str
        Keys (`taskfit.text.key`) of tasks that measure, which no question may repeat.
    """

    texts: list[str]
    roles: list[str]
    kept_back: frozenset[str] = frozenset()

    def without(self, texts: Iterable[str]) -> Unlabelled:
        """Return the tasks that are none of these, which are kept back from questions too."""
        kept_back = self.kept_back | {key(text) for text in texts}
        rows = [row for row, text in enumerate(self.texts) if key(text) not in kept_back]
        return Unlabelled([self.texts[row] for row in rows], [self.roles[row] for row in rows], kept_back)

    def in_both_forms(self) -> list[str]:
        """Return the texts and then the texts with their roles, as `LabelledTasks.in_both_forms` does."""
        return [*self.texts, *(in_context(text, role) for text, role in zip(self.texts, self.roles, strict=True))]


def questions(
    training: LabelledTasks, unlabelled: Unlabelled, clauses: int, crossed: int, random: np.random.Generator
) -> list[str]:
    """Return what a teacher is asked: tasks bare and with their roles, clauses of tasks, tasks in other people's roles.

    Parameters
    ----------
    training : LabelledTasks
    unlabelled : Unlabelled
    clauses, crossed : int
        At most so many of either.
    random : Generator

    Returns
    -------
    list of str
        Each distinct text once, normalised.
    """
    tasks = training.texts + unlabelled.texts
    roles = (training.roles or [""] * len(training)) + unlabelled.roles
    known = sorted({role for role in roles if role})
    asked = Unlabelled(tasks, roles).in_both_forms()
    parts = {clause.strip() for task in tasks for clause in _CLAUSE.split(task)}
    usable = sorted(clause for clause in parts if len(clause.split()) in _CLAUSE_WORDS)
    asked += [usable[at] for at in random.permutation(len(usable))[:clauses]]
    if known:
        crossed = min(crossed, 2 * len(tasks))
        pairs = zip(random.integers(len(tasks), size=crossed), random.integers(len(known), size=crossed), strict=True)
        asked += [in_context(tasks[task], known[role]) for task, role in pairs]
    distinct = dict.fromkeys(normalise(text) for text in asked)
    return [text for text in distinct if text and key(text) not in unlabelled.kept_back]
