"""When are two tasks the same? Normalised text and its fingerprint.

Deduplication, caching and leakage checks all ask this module, so that they agree.
"""

from __future__ import annotations

import hashlib
import unicodedata

__all__ = ["fingerprint", "in_context", "key", "normalise"]

# Characters that carry no meaning in a task but differ between exports of the same inventory.
_CONTROL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LEADING_BULLETS = "-*•–—·▪◦‣"
_TRAILING_STOPS = ".;,:"


def normalise(text: str) -> str:
    """Return the text as the model sees it.

    Unicode compatibility form, control characters as spaces, white space folded, and list bullets and
    closing stops removed. Case is kept: it tells "IT" from "it".

    Parameters
    ----------
    text : str
        A task description as it stands in an inventory.

    Returns
    -------
    str
        The normalised text; empty if nothing readable is left.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(char) in _CONTROL_CATEGORIES else char for char in text)
    folded = " ".join(text.split())
    return folded.lstrip(_LEADING_BULLETS).rstrip(_TRAILING_STOPS).strip()


def in_context(task: str, role: str | None) -> str:
    """Return the task as it is put to the model where its role is known; without a role, the task itself.

    The same sentence can be other work in another role: "Handle complaints" at a hospice, or at a parcel hotline.
    """
    named = normalise(role or "")
    return f"{named}: {normalise(task)}" if named else task


def key(text: str) -> str:
    """Return what two wordings of one task share: normalised and case-folded text."""
    return normalise(text).casefold()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of the normalised text, in hexadecimal."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()
