"""What work is best done by people, and what by technology?

taskfit labels task descriptions ``automatable``, ``augmentable`` or ``human-essential``, with calibrated
probabilities and the human drivers behind them. Everything stays on this machine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taskfit.bundle import Bundle
    from taskfit.classifier import TaskFitClassifier
    from taskfit.errors import TaskfitError
    from taskfit.labels import DRIVERS, LABELS
    from taskfit.policy import POLICIES, Policy
    from taskfit.scoring import Assessment, Model, load, score_frame

__all__ = [
    "DRIVERS",
    "LABELS",
    "POLICIES",
    "Assessment",
    "Bundle",
    "Model",
    "Policy",
    "TaskFitClassifier",
    "TaskfitError",
    "load",
    "score_frame",
]

# Loaded on first use, so that importing taskfit costs nothing.
_HOMES = {
    "DRIVERS": "labels",
    "LABELS": "labels",
    "POLICIES": "policy",
    "Assessment": "scoring",
    "Bundle": "bundle",
    "Model": "scoring",
    "Policy": "policy",
    "TaskFitClassifier": "classifier",
    "TaskfitError": "errors",
    "load": "scoring",
    "score_frame": "scoring",
}

# Packages whose members are named in full: taskfit.distributed.dask.score_frame.
_PACKAGES = ("distributed",)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("taskfit")
    if name in _HOMES:
        return getattr(importlib.import_module(f"taskfit.{_HOMES[name]}"), name)
    if name in _PACKAGES:
        return importlib.import_module(f"taskfit.{name}")
    raise AttributeError(f"module 'taskfit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *_PACKAGES, "__version__"]
