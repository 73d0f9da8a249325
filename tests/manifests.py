"""A model's manifest that tests write by hand."""

from typing import Any

from taskfit.labels import LABELS

POLICY = {
    "accuracy": 0.93, "human_called_automatable": 0.015, "human_called_automatable_upper": 0.028, "review": 0.21,
    "accuracy_without_review": 0.97, "human_automated_without_review": 3,
}  # fmt: skip

FIGURES = {
    "name": "taskfit", "n": 100, "accuracy": 0.9, "macro_f1": 0.88, "kappa": 0.85, "calibration_error": 0.02,
    "human_called_automatable": 0.015, "human_called_automatable_count": 7, "human_count": 468,
    "human_called_automatable_upper": 0.03, "automatable_called_human": 0.01, "confident_accuracy": 0.98,
    "confusion": [[30, 2, 1], [1, 30, 2], [1, 2, 31]],
    "per_label": {label: {"precision": 0.9, "recall": 0.8, "f1": 0.85, "support": 33.0} for label in LABELS},
    "intervals": {"accuracy": [0.87, 0.93]},
}  # fmt: skip

MANIFEST: dict[str, Any] = {
    "name": "ours",
    "created": "2026-11-01",
    "format": 2,
    "schema": "0123456789abcdef",
    "files": {"head.npz": {"bytes": 1_500_000}, "examples.json": {"bytes": 500_000}},
    "tiers": {"accurate": {"dimension": 384, "fingerprint": "f00"}, "fast": {"dimension": 256, "fingerprint": "ba5"}},
    "data": {"files": [{"name": "tasks.csv", "tasks": 1234, "sha256": "abc"}], "fitted_on": 1000},
    "training": {"head": "linear", "random_state": 7, "libraries": {"numpy": "2.0"}},
    "protocol": "roles never seen",
    "policies": {"cautious": POLICY},
}
