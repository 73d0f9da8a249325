"""How is an encoder fine-tuned, and what is told of each pass?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

__all__ = ["Epoch", "FineTuning"]


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
        Weight of the difference between the answers to two wordings of a task (Wu et al. 2021, "R-Drop"); with 0, a
        task is shown in one wording only, which takes half the time.
    averaging : float
        Share of the averaged weights that stays at each step; the average, not the last step, is kept.
    teacher_epochs, teacher_learning_rate : int and float
        Of a larger network that learns first and teaches; it is shown one wording of a task.
    teacher_share : float
        Weight of a teacher's answers beside the labels, 0 to 1.
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
    teacher_epochs: int = 2
    teacher_learning_rate: float = 4e-5
    teacher_share: float = 0.5

    def told(self, with_teacher: bool) -> dict[str, Any]:
        """Return the settings that mattered, by name."""
        return {name: value for name, value in asdict(self).items() if with_teacher or not name.startswith("teacher_")}

    def of_teacher(self) -> FineTuning:
        """Return how the teacher itself is taught."""
        return replace(
            self,
            epochs=self.teacher_epochs,
            learning_rate=self.teacher_learning_rate,
            stop_after=None,
            consistency=0.0,
        )


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
