"""How does a network learn? One network learns labels and drivers together, from labels and from a teacher's answers.

Word vectors stay frozen, so that a word which the labelled tasks lack keeps its place beside its neighbours. The
epoch that does best on the validation tasks is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders.sentence_transformer import transformer
from taskfit.finetuning.lessons import UNKNOWN, Lessons
from taskfit.finetuning.settings import Epoch, FineTuning
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS
from taskfit.text import bare

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Learner"]

# Unit vectors make small scores; this factor lets the heads learn at the usual rate.
_SHARPNESS = 10.0

# Batches whose texts are sorted by length together, so that little padding is computed.
_POOL = 20

# Texts that are answered at a time.
_ANSWERED = 64


class Learner:
    """A network, its heads and the optimiser; the work needs torch.

    Parameters
    ----------
    network : SentenceTransformer
        Taught in place.
    lessons : Lessons
        If they carry answers, the loss weighs these and the labels by `FineTuning.teacher_share`
        (Hinton, Vinyals, Dean 2015, "Distilling the knowledge in a neural network").
    settings : FineTuning
    random_state : int
    """

    def __init__(self, network: Any, lessons: Lessons, settings: FineTuning, random_state: int) -> None:
        import torch

        torch.manual_seed(random_state)
        self._torch = torch
        self._network = network
        self._lessons = lessons
        self._settings = settings
        self._random = np.random.default_rng(random_state)
        inner = transformer(network)
        inner.embeddings.requires_grad_(False)
        self._head = torch.nn.Linear(inner.config.hidden_size, len(LABELS) + len(DRIVERS))
        self._steps = settings.epochs * -(-len(lessons) // settings.batch_size)
        self._taught = torch.nn.ModuleList([network, self._head])
        averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(settings.averaging)
        self._averaged = torch.optim.swa_utils.AveragedModel(self._taught, multi_avg_fn=averaging)
        self._optimiser, self._schedule = self._optimisation()
        labels = lessons.labels[lessons.labels != UNKNOWN]
        share = np.maximum(np.bincount(labels, minlength=len(LABELS)), 1) / len(labels)
        # Rare labels count as much as frequent ones.
        self._balance = torch.tensor(1 / share / len(LABELS), dtype=torch.float32)
        self._half = _multiplies_half(torch)

    def epochs(self, validation: LabelledTasks, progress: Callable[[int, int], None]) -> Iterator[Epoch]:
        """Learn epoch by epoch; at the end the network and the head are those of the best one."""
        best, state, since, done = -1.0, None, 0, 0
        for number in range(1, self._settings.epochs + 1):
            losses = []
            for rows in self._batches():
                losses.append(self._step(rows))
                done += 1
                progress(done, self._steps)
            accuracy = self._accuracy(validation)
            yield Epoch(number, float(np.mean(losses)), accuracy)
            since += 1
            if accuracy >= best:
                best, since = accuracy, 0
                state = copy.deepcopy(self._averaged.module.state_dict())
            if since >= self._settings.patience or number == self._settings.stop_after:
                break
        if state is not None:
            self._taught.load_state_dict(state)

    def heads(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weights (labels then drivers, dimension) and the biases of the heads on unit vectors."""
        weights = self._head.weight.detach().numpy().astype(np.float64) * _SHARPNESS
        return weights, self._head.bias.detach().numpy().astype(np.float64)

    def answers(
        self, texts: Sequence[str], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> NDArray[np.float32]:
        """Return scores of labels and drivers, of shape (len(texts), 8), by what was learned."""
        return self._answers(texts, self._taught, progress)

    def _answers(
        self, texts: Sequence[str], taught: Any, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> NDArray[np.float32]:
        taught.eval()
        scores = np.zeros((len(texts), len(LABELS) + len(DRIVERS)), dtype=np.float32)
        order = np.argsort([len(text) for text in texts], kind="stable")
        with self._torch.no_grad():
            starts = range(0, len(order), _ANSWERED)
            for done, start in enumerate(starts, 1):
                rows = order[start : start + _ANSWERED]
                scores[rows] = self._scores([texts[row] for row in rows], taught).numpy()
                progress(done, len(starts))
        return scores

    def _accuracy(self, tasks: LabelledTasks) -> float:
        scores = self._answers([bare(text) for text in tasks.texts], self._averaged.module)
        called = scores[:, : len(LABELS)].argmax(axis=1).tolist()
        return float(np.mean([LABELS[at] == label for at, label in zip(called, tasks.labels, strict=True)]))

    def _optimisation(self) -> tuple[Any, Any]:
        torch, settings = self._torch, self._settings
        taught = [parameter for parameter in self._network.parameters() if parameter.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": taught, "lr": settings.learning_rate},
                {"params": self._head.parameters(), "lr": settings.head_learning_rate},
            ],
            fused=True,
        )
        warm = max(1, self._steps // 10)

        def rate(step: int) -> float:
            return min((step + 1) / warm, max(0.0, (self._steps - step) / (self._steps - warm + 1)))

        return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)

    def _batches(self) -> list[NDArray[np.intp]]:
        order, size = self._random.permutation(len(self._lessons)), self._settings.batch_size
        batches = []
        for start in range(0, len(order), size * _POOL):
            pool = order[start : start + size * _POOL]
            pool = pool[np.argsort([len(self._lessons.texts[row]) for row in pool], kind="stable")]
            batches += [pool[at : at + size] for at in range(0, len(pool), size)]
        return [batches[at] for at in self._random.permutation(len(batches))]

    def _step(self, rows: NDArray[np.intp]) -> float:
        self._network.train()
        settings, random = self._settings, self._random
        # Each task is seen in two wordings at once, which must get the same answer.
        wordings = 2 if settings.consistency else 1
        with_role = random.random(len(rows)) < settings.role_share
        texts = [
            self._lessons.shown(int(row), told, settings.noise, random)
            for _ in range(wordings)
            for row, told in zip(rows, with_role, strict=True)
        ]
        scores = self._scores(texts, self._taught)
        loss = self._loss(scores, np.tile(rows, wordings), np.tile(with_role, wordings))
        if wordings == 2:
            loss = loss + settings.consistency * self._difference(scores[:, : len(LABELS)])
        self._optimiser.zero_grad()
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._taught)
        return float(loss.detach())

    def _loss(self, scores: Any, rows: NDArray[np.intp], with_role: NDArray[np.bool_]) -> Any:
        """Return the loss against the labels and, if there is a teacher, against its answers."""
        lessons, share, n = self._lessons, self._settings.teacher_share, len(LABELS)
        if lessons.answers is None:
            return self._loss_of_labels(scores, rows)
        answers = self._torch.from_numpy(lessons.answers[rows, with_role.astype(np.intp)])
        strengths = None if lessons.decisive is None else answers[:, n:].sigmoid()
        loss = share * self._distance(scores, answers[:, :n].softmax(dim=1), strengths)
        known = np.flatnonzero(lessons.labels[rows] != UNKNOWN)
        if len(known):
            # A label weighs the same, however many tasks beside it have none.
            loss = loss + (1 - share) * len(known) / len(rows) * self._loss_of_labels(scores[known], rows[known])
        return loss

    def _loss_of_labels(self, scores: Any, rows: NDArray[np.intp]) -> Any:
        lessons, tensor = self._lessons, self._torch.from_numpy
        decisive = None if lessons.decisive is None else tensor(lessons.decisive[rows])
        return self._distance(scores, tensor(lessons.labels[rows]), decisive, self._balance)

    def _distance(self, scores: Any, labels: Any, drivers: Any, balance: Any = None) -> Any:
        """Return how far scores are from labels (or their chances) and, where they are known, from drivers."""
        functional, n = self._torch.nn.functional, len(LABELS)
        distance = functional.cross_entropy(scores[:, :n], labels, weight=balance)
        if drivers is None:
            return distance
        of_drivers = functional.binary_cross_entropy_with_logits(scores[:, n:], drivers)
        return distance + self._settings.driver_weight * of_drivers

    def _difference(self, labels: Any) -> Any:
        """Return how far the answers to the two wordings lie apart: the symmetric Kullback-Leibler divergence."""
        functional = self._torch.nn.functional
        one, other = functional.log_softmax(labels, dim=1).chunk(2)
        there = functional.kl_div(one, other, reduction="batchmean", log_target=True)
        back = functional.kl_div(other, one, reduction="batchmean", log_target=True)
        return (there + back) / 2

    def _scores(self, texts: Sequence[str], taught: Any) -> Any:
        network, head = taught
        tokens = self._network.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._settings.max_tokens, return_tensors="pt"
        )
        with self._torch.autocast("cpu", dtype=self._torch.bfloat16, enabled=self._half):
            vectors = network(dict(tokens))["sentence_embedding"]
            scores = head(_SHARPNESS * self._torch.nn.functional.normalize(vectors, dim=1))
        return scores.float()


def _multiplies_half(torch: Any) -> bool:
    """Return whether the processor has matrix units for 16-bit floats; without them such products are slower."""
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # older releases do not tell
    return bool(capabilities.get("amx_bf16", False))
