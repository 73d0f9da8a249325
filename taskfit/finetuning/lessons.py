"""What does a network learn from? Tasks with labels, with a teacher's answers, or with both, in changing wordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from taskfit.labelled import LabelledTasks
from taskfit.labels import LABELS
from taskfit.text import bare, in_context

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["UNKNOWN", "Lessons"]

#: The label of a task that only a teacher has answered.
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Lessons:
    """Tasks to learn from, one entry a task in every field.

    Parameters
    ----------
    texts, roles : list of str
        Bare texts; an empty role is not known.
    labels : ndarray of int, shape (n,)
        Positions in `taskfit.labels.LABELS`, or `UNKNOWN`.
    decisive : ndarray of shape (n, 5), optional
        1 where a driver is decisive.
    answers : ndarray of shape (n, 2, 8), optional
        A teacher's scores of labels and drivers for the task without and with its role.
    """

    texts: list[str]
    roles: list[str]
    labels: NDArray[np.intp]
    decisive: NDArray[np.float32] | None
    answers: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, tasks: LabelledTasks) -> Lessons:
        """Return what labelled tasks teach."""
        return cls(
            texts=[bare(text) for text in tasks.texts],
            roles=list(tasks.roles or [""] * len(tasks)),
            labels=np.array([LABELS.index(label) for label in tasks.labels]),
            decisive=None if tasks.drivers is None else (tasks.drivers >= 2).astype(np.float32),
        )

    def __len__(self) -> int:
        return len(self.texts)

    def answered(self, more: Sequence[str], teacher: Callable[[list[str]], NDArray[np.float32]]) -> Lessons:
        """Return these tasks with a teacher's answers, and more texts that have nothing but its answers.

        Parameters
        ----------
        more : sequence of str
            Those among them that are tasks of these already are left out.
        teacher : callable
            Scores of shape (n, 8) of n texts; it is asked each distinct text once.
        """
        told = [in_context(text, role) for text, role in zip(self.texts, self.roles, strict=True)]
        known = {*self.texts, *told, ""}
        new = [text for text in dict.fromkeys(map(bare, more)) if text not in known]
        asked = {text: at for at, text in enumerate(dict.fromkeys([*self.texts, *told, *new]))}
        scores = teacher(list(asked))
        plain, with_role = (scores[[asked[text] for text in texts]] for texts in ([*self.texts, *new], [*told, *new]))
        return Lessons(
            texts=[*self.texts, *new],
            roles=[*self.roles, *[""] * len(new)],
            labels=np.append(self.labels, np.full(len(new), UNKNOWN)),
            decisive=None if self.decisive is None else np.pad(self.decisive, ((0, len(new)), (0, 0))),
            answers=np.stack([plain, with_role], axis=1),
        )

    def shown(self, row: int, with_role: bool, noise: float, random: np.random.Generator) -> str:
        """Return a task as it is shown once, `noise` being the share of wordings with a slip of the fingers."""
        text = self.texts[row]
        if random.random() < noise:
            text = _reworded(text, random)
        return in_context(text, self.roles[row] if with_role else None)


def _reworded(text: str, random: np.random.Generator) -> str:
    """Change one word by a slip of the fingers."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return text
    at = long[random.integers(len(long))]
    words[at] = _mistyped(words[at], random)
    return " ".join(words)


def _mistyped(word: str, random: np.random.Generator) -> str:
    """Swap, drop or double a letter inside a word."""
    at = int(random.integers(1, len(word) - 2))
    return (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    )[random.integers(3)]
