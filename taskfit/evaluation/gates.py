"""Quality gates: a measure and the worst value that is allowed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from taskfit.errors import TaskfitError
from taskfit.evaluation.metrics import Metrics
from taskfit.labels import LABELS, Label

__all__ = ["ERRORS", "SCORES", "Gate", "parse_gate"]

#: Measures that should be high: a gate is the least value allowed.
SCORES = ("accuracy", "macro_f1", "kappa", "confident_accuracy")

#: Measures that should be low: a gate is the greatest value allowed.
ERRORS = (
    "calibration_error",
    "human_called_automatable",
    "human_called_automatable_count",
    "human_called_automatable_upper",
    "automatable_called_human",
)

# A share of the tasks of a label says nothing where there is none.
_ABOUT = {
    "human_called_automatable": Label.HUMAN_ESSENTIAL,
    "human_called_automatable_count": Label.HUMAN_ESSENTIAL,
    "human_called_automatable_upper": Label.HUMAN_ESSENTIAL,
    "automatable_called_human": Label.AUTOMATABLE,
}


@dataclass(frozen=True)
class Gate:
    """A measure and its limit."""

    metric: str
    limit: float

    def failures(self, metrics: Metrics) -> list[str]:
        """Return what is wrong, in words; nothing if the gate is met."""
        value, label = getattr(metrics, self.metric), _ABOUT.get(self.metric)
        if label is not None and not any(metrics.confusion[LABELS.index(label)]):
            return [f"{self.metric} was not measured: the file has no {label} task"]
        if value is None:
            return [f"{self.metric} was not measured"]
        if self.metric in ERRORS:
            return [f"{self.metric} is {value:.4f}, allowed at most {self.limit:g}"] if value > self.limit else []
        return [f"{self.metric} is {value:.4f}, wanted at least {self.limit:g}"] if value < self.limit else []


def parse_gate(text: str) -> Gate:
    """Read ``METRIC=VALUE``.

    Raises
    ------
    TaskfitError
        If the measure is unknown or the value no finite number.
    """
    name, separator, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not separator or name not in (*SCORES, *ERRORS):
        raise TaskfitError(f"no gate {text!r}: give METRIC=VALUE with one of {', '.join((*SCORES, *ERRORS))}")
    try:
        limit = float(value)
    except ValueError as error:
        raise TaskfitError(f"no gate {text!r}: {value!r} is no number") from error
    if not math.isfinite(limit):
        raise TaskfitError(f"no gate {text!r}: {value!r} lets everything or nothing pass; give a finite number")
    return Gate(name, limit)
