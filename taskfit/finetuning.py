"""How is an encoder taught? A sentence encoder fine-tuned on labelled tasks; the work needs torch.

One network learns labels and drivers together. Word vectors stay frozen, so that a word which the labelled tasks
lack keeps its place beside its neighbours. The epoch that does best on the validation tasks is kept, and they also
calibrate the heads; so no figure may be reported on them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.encoders import JointEncoder, OnnxEncoder
from taskfit.encoders.spelling import lexicon_of
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS
from taskfit.text import bare, in_context
from taskfit.tier import RawTier, Tier, calibrated
from taskfit.words import fit_words, with_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Epoch", "FineTuned", "FineTuning", "fine_tune"]

# Unit vectors make small scores; this factor lets the heads learn at the usual rate.
_SHARPNESS = 10.0

# Texts on which integers are compared with floats.
_COMPARED = 5_000

# Batches whose texts are sorted by length together, so that little padding is computed.
_POOL = 20


@dataclass(frozen=True)
class FineTuning:
    """How to fine-tune.

    Parameters
    ----------
    epochs : int
        Passes over the training tasks, at most.
    stop_after : int, optional
        End after so many passes, although the learning rate is planned for `epochs`.
    patience : int
        Passes without improvement on the validation tasks after which to stop.
    learning_rate, head_learning_rate : float
        Of the network and of the heads; both rise over the first tenth of the steps and then fall to zero.
    batch_size : int
    max_tokens : int
        Longer texts are cut in training.
    driver_weight : float
        Weight of the drivers' loss beside that of the labels.
    role_share : float
        Share of tasks that are shown with their role, so that the model reads both forms.
    noise : float
        Share of tasks that are shown with a slip of the fingers.
    consistency : float
        Weight of the difference between the answers to two wordings of a task (Wu et al. 2021, "R-Drop").
    averaging : float
        Share of the averaged weights that stays at each step; the average, not the last step, is kept.
    """

    epochs: int = 5
    stop_after: int | None = None
    patience: int = 2
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    batch_size: int = 32
    max_tokens: int = 96
    driver_weight: float = 1.0
    role_share: float = 0.5
    noise: float = 0.3
    consistency: float = 1.0
    averaging: float = 0.99


@dataclass(frozen=True)
class Epoch:
    """One pass over the training tasks.

    Parameters
    ----------
    number : int
        From 1.
    loss : float
        Mean training loss.
    accuracy : float
        On the validation tasks, shown without roles.
    """

    number: int
    loss: float
    accuracy: float


@dataclass(frozen=True)
class FineTuned:
    """A taught encoder with its calibrated heads.

    Parameters
    ----------
    tier : Tier
        Without a driver head if the tasks have no driver ratings.
    history : tuple of Epoch
    as_in_floats : float
        Share of tasks that get the label that weights and products in 32-bit floats give; on validation tasks and
        `texts`, the first `_COMPARED` of them.
    """

    tier: Tier
    history: tuple[Epoch, ...]
    as_in_floats: float


def fine_tune(
    training: LabelledTasks,
    validation: LabelledTasks,
    *,
    base: str,
    texts: Sequence[str] = (),
    settings: FineTuning | None = None,
    random_state: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FineTuned:
    """Teach an encoder labels and drivers.

    Parameters
    ----------
    training, validation : LabelledTasks
        No role or repeated text should stand in both.
    base : str
        The encoder to start from, as for `taskfit.encoders.sentence_transformer.find`.
    texts : sequence of str
        More texts of the field, whose words count as rightly spelt.
    settings : FineTuning, optional
    random_state : int
        Seed of the order, the noise and the heads. Processors with matrix units for 16-bit floats use them, so that
        another kind of processor gives slightly other weights.
    progress : callable
        Called with the steps done and the steps in all.

    Returns
    -------
    FineTuned

    Raises
    ------
    EncoderError
        If the base cannot be read.
    MissingExtraError
        If torch and sentence-transformers are not installed.
    """
    from taskfit.encoders.sentence_transformer import convert, read

    settings = settings or FineTuning()
    network = read(base)
    teacher = _Teacher(network, training, settings, random_state)
    history = tuple(teacher.epochs(validation, progress))
    lexicon = lexicon_of([*training.texts, *validation.texts, *texts])
    encoder = convert(network, lexicon=lexicon)
    raw = RawTier(encoder, *teacher.heads(), with_drivers=training.drivers is not None)
    words = fit_words(training, encoder.tokens)
    tier = calibrated(with_words(raw, words, validation), validation)
    compared = [*validation.texts, *texts][:_COMPARED]
    same = _labels(tier, compared) == _labels(
        _with_meaning(tier, convert(network, lexicon=lexicon, floats=True)), compared
    )
    return FineTuned(tier, history, float(same.mean()))


def _with_meaning(tier: Tier, meaning: OnnxEncoder) -> Tier:
    if not isinstance(tier.encoder, JointEncoder):
        raise TypeError("only a tier that also reads words has another part")
    return replace(tier, encoder=JointEncoder.of(meaning, tier.encoder.words))


def _labels(tier: Tier, texts: Sequence[str]) -> NDArray[np.intp]:
    labels: NDArray[np.intp] = tier.probabilities(tier.encoder.encode(texts)).argmax(axis=1)
    return labels


class _Teacher:
    """The network, its heads and the optimiser."""

    def __init__(self, network: Any, tasks: LabelledTasks, settings: FineTuning, random_state: int) -> None:
        import torch

        torch.manual_seed(random_state)
        self._torch = torch
        self._network = network
        self._tasks = tasks
        self._settings = settings
        self._random = np.random.default_rng(random_state)
        self._labels = np.array([LABELS.index(label) for label in tasks.labels])
        self._decisive = None if tasks.drivers is None else (tasks.drivers >= 2).astype(np.float32)
        self._head = torch.nn.Linear(_dimension(network), len(LABELS) + len(DRIVERS))
        self._steps = settings.epochs * -(-len(tasks) // settings.batch_size)
        _freeze_words(network)
        self._taught = torch.nn.ModuleList([network, self._head])
        averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(settings.averaging)
        self._averaged = torch.optim.swa_utils.AveragedModel(self._taught, multi_avg_fn=averaging)
        self._optimiser, self._schedule = self._optimisation()
        share = np.maximum(np.bincount(self._labels, minlength=len(LABELS)), 1) / len(tasks)
        # Rare labels count as much as frequent ones.
        self._balance = torch.tensor(1 / share / len(LABELS), dtype=torch.float32)
        self._half = _multiplies_half(torch)

    def epochs(self, validation: LabelledTasks, progress: Callable[[int, int], None]) -> Iterator[Epoch]:
        """Teach epoch by epoch; at the end the network and the head are those of the best one."""
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

    def _optimisation(self) -> tuple[Any, Any]:
        torch, settings = self._torch, self._settings
        taught = [parameter for parameter in self._network.parameters() if parameter.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": taught, "lr": settings.learning_rate},
                {"params": self._head.parameters(), "lr": settings.head_learning_rate},
            ]
        )
        warm = max(1, self._steps // 10)

        def rate(step: int) -> float:
            return min((step + 1) / warm, max(0.0, (self._steps - step) / (self._steps - warm + 1)))

        return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)

    def _batches(self) -> list[NDArray[np.intp]]:
        order, size = self._random.permutation(len(self._tasks)), self._settings.batch_size
        batches = []
        for start in range(0, len(order), size * _POOL):
            pool = order[start : start + size * _POOL]
            pool = pool[np.argsort([len(self._tasks.texts[row]) for row in pool], kind="stable")]
            batches += [pool[at : at + size] for at in range(0, len(pool), size)]
        return [batches[at] for at in self._random.permutation(len(batches))]

    def _step(self, rows: NDArray[np.intp]) -> float:
        torch = self._torch
        self._network.train()
        # Each task is seen in two wordings at once, which must get the same answer.
        shown = [self._views(int(row)) for row in rows]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._half):
            scores = self._scores([view for views in zip(*shown, strict=True) for view in views], self._taught)
        scores = scores.float()
        rows = np.tile(rows, 2)
        labels = scores[:, : len(LABELS)]
        loss = torch.nn.functional.cross_entropy(labels, torch.tensor(self._labels[rows]), weight=self._balance)
        loss = loss + self._settings.consistency * self._difference(labels)
        if self._decisive is not None:
            decisive = torch.tensor(self._decisive[rows])
            loss = loss + self._settings.driver_weight * torch.nn.functional.binary_cross_entropy_with_logits(
                scores[:, len(LABELS) :], decisive
            )
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._taught)
        return float(loss.detach())

    def _difference(self, labels: Any) -> Any:
        """Return how far the answers to the two wordings lie apart: the symmetric Kullback-Leibler divergence."""
        functional = self._torch.nn.functional
        one, other = functional.log_softmax(labels, dim=1).chunk(2)
        there = functional.kl_div(one, other, reduction="batchmean", log_target=True)
        back = functional.kl_div(other, one, reduction="batchmean", log_target=True)
        return (there + back) / 2

    def _views(self, row: int) -> tuple[str, str]:
        """Return the task in two wordings, both with the role or both without."""
        roles = self._tasks.roles
        with_role = roles is not None and self._random.random() < self._settings.role_share
        role = roles[row] if roles is not None and with_role else None
        return self._shown(row, role), self._shown(row, role)

    def _shown(self, row: int, role: str | None) -> str:
        text = bare(self._tasks.texts[row])
        if self._random.random() < self._settings.noise:
            text = _reworded(text, self._random)
        return in_context(text, role)

    def _scores(self, texts: Sequence[str], taught: Any) -> Any:
        network, head = taught
        features = self._network.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._settings.max_tokens, return_tensors="pt"
        )
        return head(_SHARPNESS * network(dict(features))["sentence_embedding"])

    def _accuracy(self, tasks: LabelledTasks) -> float:
        averaged = self._averaged.module.eval()
        right = 0
        with self._torch.no_grad():
            for start in range(0, len(tasks), 64):
                scores = self._scores([bare(text) for text in tasks.texts[start : start + 64]], averaged)
                called = scores[:, : len(LABELS)].argmax(dim=1).tolist()
                right += sum(LABELS[index] == label for index, label in zip(called, tasks.labels[start:], strict=False))
        return right / max(1, len(tasks))


def _multiplies_half(torch: Any) -> bool:
    """Return whether the processor has matrix units for 16-bit floats; without them such products are slower."""
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # older releases do not tell
    return bool(capabilities.get("amx_bf16", False))


def _dimension(network: Any) -> int:
    return int(network[0].model.config.hidden_size)


def _freeze_words(network: Any) -> None:
    network[0].model.embeddings.requires_grad_(False)


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
