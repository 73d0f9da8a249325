"""How is the accurate tier made? A sentence encoder that learns labels, and a larger one's answers; needs torch.

The validation tasks say which epoch is kept and calibrate the heads; so no figure may be reported on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from taskfit.encoders import JointEncoder, OnnxEncoder
from taskfit.encoders.spelling import lexicon_of
from taskfit.finetuning.learner import Learner
from taskfit.finetuning.lessons import Lessons
from taskfit.finetuning.settings import Epoch, FineTuning
from taskfit.labelled import LabelledTasks
from taskfit.tier import RawTier, Tier, calibrated
from taskfit.unlabelled import Unlabelled
from taskfit.words import fit_words, with_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FineTuned", "fine_tune"]

# Texts on which integers are compared with floats.
_COMPARED = 5_000


@dataclass(frozen=True)
class FineTuned:
    """A taught encoder with its calibrated heads.

    Parameters
    ----------
    tier : Tier
        Without a driver head if the tasks have no driver ratings.
    history, teacher_history : tuple of Epoch
        Of the encoder, and of its teacher; empty without one.
    as_in_floats : float
        Share of tasks that get the label that weights and products in 32-bit floats give; of at most `_COMPARED`
        validation tasks and unlabelled ones, drawn at random.
    """

    tier: Tier
    history: tuple[Epoch, ...]
    teacher_history: tuple[Epoch, ...]
    as_in_floats: float


def fine_tune(
    training: LabelledTasks,
    validation: LabelledTasks,
    *,
    base: str,
    teacher: str | None = None,
    unlabelled: Unlabelled | None = None,
    settings: FineTuning | None = None,
    random_state: int = 0,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> FineTuned:
    """Teach an encoder labels and drivers.

    Parameters
    ----------
    training, validation : LabelledTasks
        No role or repeated text should stand in both.
    base : str
        The encoder to start from, as for `taskfit.encoders.sentence_transformer.read`.
    teacher : str, optional
        A larger encoder, read likewise, that learns the same first. The base then learns its answers beside the
        labels, also to tasks that have none.
    unlabelled : Unlabelled, optional
        More tasks of the field. Their words count as rightly spelt, and a teacher answers them.
    settings : FineTuning, optional
    random_state : int
        Seed of the order, the noise and the heads. Processors with matrix units for 16-bit floats use them, so that
        another kind of processor gives slightly other weights.
    progress : callable
        Called with the stage, the steps done and the steps in all.

    Returns
    -------
    FineTuned

    Raises
    ------
    EncoderError
        If the base or the teacher cannot be read.
    MissingExtraError
        If torch and sentence-transformers are not installed.
    """
    from taskfit.encoders.sentence_transformer import convert, read, refuse_unfit

    settings, unlabelled = settings or FineTuning(), unlabelled or Unlabelled([], [])
    network, lessons = read(base), Lessons.of(training)
    refuse_unfit(network)
    taught_first: tuple[Epoch, ...] = ()
    if teacher is not None:
        larger = Learner(read(teacher), lessons, settings.of_teacher(), random_state)
        taught_first = tuple(larger.epochs(validation, partial(progress, "teaching the teacher")))
        # Whole tasks only: clauses and tasks in other people's roles made the encoder worse at its own.
        answer = partial(larger.answers, progress=partial(progress, "asking the teacher"))
        lessons = lessons.answered(unlabelled.in_both_forms(), answer)
        del larger, answer  # gigabytes
    learner = Learner(network, lessons, settings, random_state)
    history = tuple(learner.epochs(validation, partial(progress, "fine-tuning")))
    tier, in_floats = _tiers(learner, partial(convert, network), training, validation, unlabelled)
    texts = [*validation.texts, *unlabelled.texts]
    compared = [texts[at] for at in np.random.default_rng(random_state).permutation(len(texts))[:_COMPARED]]
    same = _labels(tier, compared) == _labels(in_floats, compared)
    return FineTuned(tier, history, taught_first, float(same.mean()))


def _tiers(
    learner: Learner,
    converted: Callable[..., OnnxEncoder],
    training: LabelledTasks,
    validation: LabelledTasks,
    unlabelled: Unlabelled,
) -> tuple[Tier, Tier]:
    """Return the calibrated tier, and the same with its network in 32-bit floats."""
    lexicon = lexicon_of([*training.texts, *validation.texts, *unlabelled.texts])
    encoder = converted(lexicon=lexicon)
    raw = RawTier(encoder, *learner.heads(), with_drivers=training.drivers is not None)
    words = fit_words(training, encoder.tokens)
    tier = calibrated(with_words(raw, words, validation), validation)
    return tier, _with_meaning(tier, converted(lexicon=lexicon, floats=True))


def _with_meaning(tier: Tier, meaning: OnnxEncoder) -> Tier:
    if not isinstance(tier.encoder, JointEncoder):
        raise TypeError("only a tier that also reads words has another part")
    return replace(tier, encoder=JointEncoder.of(meaning, tier.encoder.words))


def _labels(tier: Tier, texts: Sequence[str]) -> NDArray[np.intp]:
    labels: NDArray[np.intp] = tier.probabilities(tier.encoder.encode(texts)).argmax(axis=1)
    return labels
