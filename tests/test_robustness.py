"""Wording that changes no work must change no label: measured on the corpus's test split."""

import re

import numpy as np
import pytest

from taskfit.labelled import read_labelled
from taskfit.text import in_context

#: Largest share of test tasks whose label may flip, by kind of change.
FLIPS = {
    "upper case": 0.0,
    "lower case": 0.0,
    "final stop": 0.0,
    "bullet": 0.0,
    "spaces": 0.0,
    "American": 0.01,
    "responsible for": 0.01,
    "a typo": 0.02,
}

#: The same for a role that says gender or seniority.
TITLES = 0.0

_AMERICAN = {
    r"isation\b": "ization",
    r"\b(\w*(?:organ|recogn|util|final|prior|real|summar|anonym|steril|normal))is(e|es|ed|ing)\b": r"\1iz\2",
    r"\b(\w*(?:col|lab|fav|hum|neighb|behavi))our": r"\1or",
    r"\b([Cc])heque": r"\1heck",
    r"\b([Pp])rogrammes?\b": r"\1rogram",
    r"\b([Cc])entre": r"\1enter",
    r"\b([Ee])nrol\b": r"\1nroll",
    r"\bcounsellor": "counselor",
    r"\bjudgement": "judgment",
    r"\b([Dd])ialling": r"\1ialing",
    r"\b(travel|cancel|label)l(ed|ing)\b": r"\1\2",
}


def american(text: str) -> str:
    for pattern, spelling in _AMERICAN.items():
        text = re.sub(pattern, spelling, text)
    return text


def mistyped(text: str) -> str:
    """Swap two letters inside the longest word."""
    word = max(text.split(), key=len)
    if len(word) < 5 or not word.isalpha():
        return text
    middle = len(word) // 2
    slip = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return text.replace(word, slip, 1)


CHANGES = {
    "upper case": str.upper,
    "lower case": str.lower,
    "final stop": lambda text: text.rstrip(".") + ".",
    "bullet": lambda text: f"• {text}",
    "spaces": lambda text: "  " + text.replace(" ", "  ") + " ",
    "American": american,
    "responsible for": lambda text: f"Responsible for: {text[0].lower()}{text[1:]}",
    "a typo": mistyped,
}


@pytest.fixture(scope="module")
def answered(root, model):
    tasks = read_labelled(root / "data" / "tasks.csv").split("test")
    rows = np.random.default_rng(0).permutation(len(tasks))[:300]
    texts = [tasks.texts[row] for row in rows]
    return texts, labels(model, texts)


def labels(model, texts):
    probabilities = model.bundle.tier.probabilities(model.bundle.tier.encoder.encode(texts))
    return model.policy.labels(probabilities)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_wording_hardly_flips_a_label(change, answered, model):
    texts, before = answered
    changed = [CHANGES[change](text) for text in texts]
    share = float((labels(model, changed) != before).mean())
    assert share <= FLIPS[change], f"{share:.1%} of labels flip"


def test_the_changes_do_change_something(answered):
    texts, _ = answered
    for change, apply in CHANGES.items():
        assert sum(apply(text) != text for text in texts) >= (3 if change == "American" else 200), change


@pytest.mark.parametrize(
    ("plain", "titled"),
    [
        ("waiter", "waitress"),
        ("sales assistant", "senior sales assistant"),
        ("chairman", "chairwoman"),
        ("nurse", "male nurse"),
        ("accountant", "junior accountant"),
    ],
)
def test_a_gendered_or_senior_title_flips_no_label(plain, titled, answered, model):
    texts, _ = answered
    one, two = ([in_context(text, role) for text in texts[:150]] for role in (plain, titled))
    assert (labels(model, one) != labels(model, two)).mean() <= TITLES
