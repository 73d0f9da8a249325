"""Fixtures that several test folders share."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import taskfit
from taskfit.encoders import OnnxEncoder, shipped_encoder

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Folder of the public corpora; they are never part of the project."""
    place = os.environ.get("TASKFIT_CORPORA")
    if not place:
        pytest.skip("TASKFIT_CORPORA is not set: it names the folder of the public corpora")
    return Path(place)


@pytest.fixture(scope="session")
def model() -> taskfit.Model:
    return taskfit.load()


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    return shipped_encoder()


class WordEncoder:
    """A tiny encoder: each word has a fixed random direction, a text is their mean."""

    dimension = 48
    fingerprint = "words"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts):
        self.seen.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row] += np.random.default_rng(seed).normal(size=self.dimension)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV file and return its path."""

    def write(text: str, name: str = "tasks.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


# Forty plain tasks a label, over ten roles: enough to train a real small model in a second.
_PATTERNS = {
    "automatable": ["match {} invoices to orders", "post {} records nightly", "send {} reminders", "copy {} codes"],
    "augmentable": ["draft the {} report for review", "analyse {} trends", "plan the {} budget", "review {} claims"],
    "human-essential": [
        "counsel a grieving {}",
        "negotiate with the {} union",
        "lift the {} patient",
        "coach {} staff",
    ],
}
_ROLES = ["clerk", "nurse", "buyer", "planner", "agent", "officer", "broker", "teller", "warden", "tutor"]


@pytest.fixture
def labelled_rows() -> list[tuple[str, str, str]]:
    """Task, label and role of 120 rows that a model can learn."""
    return [
        (pattern.format(role), label, role)
        for label, patterns in _PATTERNS.items()
        for pattern in patterns
        for role in _ROLES
    ]


@pytest.fixture
def labelled_csv(tmp_path: Path, labelled_rows) -> Path:
    path = tmp_path / "labelled.csv"
    lines = ["task,label,role", *(",".join(row) for row in labelled_rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
