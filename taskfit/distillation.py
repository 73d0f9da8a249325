"""How is the fast tier made? A static encoder that learns the answers of the accurate tier; the work needs torch.

The student sees far more text than there are labels: labelled tasks bare and with their roles, any unlabelled tasks,
their clauses, and tasks in other people's roles. The accurate tier answers all of it, and the student learns the
probabilities (Hinton, Vinyals, Dean 2015, "Distilling the knowledge in a neural network").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders import StaticEncoder
from taskfit.encoders.static import features
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS
from taskfit.text import normalise
from taskfit.tier import RawTier, Tier, calibrated
from taskfit.unlabelled import Unlabelled, questions
from taskfit.words import fit_words, with_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Distillation", "distil"]


@dataclass(frozen=True)
class Distillation:
    """How to distil.

    Parameters
    ----------
    dimension : int
        Of the student's vectors.
    pairs : int
        Rows that pairs of tokens share.
    epochs, batch_size : int
    learning_rate : float
        It falls to zero.
    dropout : float
        Share of tokens and pairs that are left out of a text in training.
    labelled_weight : float
        Weight of the true labels beside the teacher's answers.
    clauses, crossed : int
        At most so many clauses of tasks, and tasks in other people's roles.
    """

    dimension: int = 32
    pairs: int = 131_072
    epochs: int = 4
    batch_size: int = 512
    learning_rate: float = 5e-3
    dropout: float = 0.2
    labelled_weight: float = 0.1
    clauses: int = 25_000
    crossed: int = 20_000


def distil(
    teacher: Tier,
    training: LabelledTasks,
    validation: LabelledTasks,
    unlabelled: Unlabelled | None = None,
    *,
    settings: Distillation | None = None,
    random_state: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Tier:
    """Teach a static encoder what a tier says.

    Parameters
    ----------
    teacher : Tier
    training, validation : LabelledTasks
        As the teacher had them; the student is calibrated on `validation`.
    unlabelled : Unlabelled, optional
        More tasks, such as a public catalogue; the more the better.
    settings : Distillation, optional
    random_state : int
    progress : callable
        Called with the steps done and the steps in all.

    Returns
    -------
    Tier

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    """
    settings = settings or Distillation()
    random = np.random.default_rng(random_state)
    unlabelled = unlabelled or Unlabelled([], [])
    texts = questions(training, unlabelled, settings.clauses, settings.crossed, random)
    vectors = teacher.encoder.encode(texts)
    answers = teacher.probabilities(vectors)
    strengths = None if teacher.driver_head is None else teacher.driver_head.strengths(vectors)
    student = _Student(teacher, settings, random_state)
    student.learn(texts, answers, strengths, training, random, progress)
    raw = RawTier(student.encoder(), *student.heads(), with_drivers=strengths is not None)
    words = fit_words(training, teacher.encoder.tokens, settings.pairs)
    return calibrated(with_words(raw, words, validation), validation)


class _Student:
    """The table, its heads and the optimiser."""

    def __init__(self, teacher: Tier, settings: Distillation, random_state: int) -> None:
        import torch

        torch.manual_seed(random_state)
        self._torch, self._settings = torch, settings
        self._tokens = teacher.encoder.tokens
        self._vocabulary = self._tokens.vocabulary
        self._table = torch.nn.EmbeddingBag(self._vocabulary + settings.pairs, settings.dimension, mode="mean")
        torch.nn.init.normal_(self._table.weight, 0, 0.1)
        self._head = torch.nn.Linear(settings.dimension, len(LABELS) + len(DRIVERS))

    def learn(
        self,
        texts: Sequence[str],
        answers: NDArray[np.float64],
        strengths: NDArray[np.float64] | None,
        labelled: LabelledTasks,
        random: np.random.Generator,
        progress: Callable[[int, int], None],
    ) -> None:
        torch, settings = self._torch, self._settings
        pool, owned = self._rows(texts), self._rows([normalise(text) for text in labelled.texts])
        soft = torch.tensor(answers, dtype=torch.float32)
        decisive = None if strengths is None else torch.tensor(strengths, dtype=torch.float32)
        truth = torch.tensor([LABELS.index(label) for label in labelled.labels])
        optimiser = torch.optim.Adam([*self._table.parameters(), *self._head.parameters()], lr=settings.learning_rate)
        size = min(settings.batch_size, len(texts))
        steps, done = settings.epochs * (len(texts) // size), 0
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.0, 1 - step / steps))
        for _ in range(settings.epochs):
            order = random.permutation(len(texts))
            for start in range(0, len(texts) - size + 1, size):
                rows = order[start : start + size]
                scores = self._scores(pool, rows, random)
                loss = torch.nn.functional.cross_entropy(scores[:, : len(LABELS)], soft[rows])
                if decisive is not None:
                    loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(
                        scores[:, len(LABELS) :], decisive[rows]
                    )
                own = random.integers(len(owned), size=size // 4)
                own_scores = self._scores(owned, own, random)[:, : len(LABELS)]
                loss = loss + settings.labelled_weight * torch.nn.functional.cross_entropy(own_scores, truth[own])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                done += 1
                progress(done, steps)

    def encoder(self) -> StaticEncoder:
        vectors = self._table.weight.detach().numpy()
        return StaticEncoder.of(vectors, self._vocabulary, self._tokens)

    def heads(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        weight, bias = (part.detach().numpy().astype(np.float64) for part in (self._head.weight, self._head.bias))
        return weight, bias

    def _rows(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        rows, starts = features(self._tokens.ids(texts), self._vocabulary, self._settings.pairs)
        return np.split(rows, starts[1:-1])

    def _scores(self, features: list[NDArray[np.int64]], rows: NDArray[Any], random: np.random.Generator) -> Any:
        torch = self._torch
        kept = []
        for row in rows:
            entries = features[row]
            keep = random.random(len(entries)) >= self._settings.dropout
            kept.append(entries[keep] if keep.any() else entries)
        starts = np.cumsum([0, *(len(entries) for entries in kept[:-1])])
        return self._head(self._table(torch.from_numpy(np.concatenate(kept)), torch.from_numpy(starts)))
