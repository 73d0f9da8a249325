"""Teach a sentence encoder labels and drivers."""

from taskfit.finetuning.settings import Epoch, FineTuning
from taskfit.finetuning.teach import FineTuned, fine_tune

__all__ = ["Epoch", "FineTuned", "FineTuning", "fine_tune"]
