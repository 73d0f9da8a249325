"""When are two tasks the same? Normalised text and its fingerprint.

Deduplication, caching and leakage checks all ask this module, so that they agree.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = ["bare", "fingerprint", "in_context", "key", "normalise"]

# Characters that carry no meaning in a task but differ between exports of the same inventory.
_CONTROL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LEADING_BULLETS = "-*•–—·▪◦‣"
_TRAILING_STOPS = ".;,:"

# Phrases that stand before a task in adverts and job descriptions and say nothing about it.
_PHRASE = re.compile(
    r"(?:(?:you(?: will|'ll)|to|will) be |you are |is )?(?:responsible|accountable) for\b[:\s]*"
    r"|in charge of\b[:\s]*|(?:duties|tasks|responsibilities) includ(?:e|ing)\b[:\s]*|you(?: will|'ll) ",
    re.IGNORECASE,
)

# Words before a job title that tell of its holder, not of the work.
_HOLDER = re.compile(r"(?:(?:senior|junior|male|female|sr\.?|jr\.?) )+", re.IGNORECASE)

# The female form of a job title and the form that most of the corpus has; the work is the same.
_FORMS = tuple(
    (re.compile(rf"\b{female}\b", re.IGNORECASE), male)
    for female, male in (
        (r"(\w{3,})woman", r"\1man"),
        (r"(\w{3,})women", r"\1men"),
        (r"waitress", "waiter"),
        (r"(steward|host|manager)ess", r"\1"),
        (r"actress", "actor"),
        (r"headmistress", "headmaster"),
        (r"barmaid", "barman"),
    )
)


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
    # Spaces between bullets and between stops go with them, so that normalising twice changes nothing.
    return folded.lstrip(_LEADING_BULLETS + " ").rstrip(_TRAILING_STOPS + " ")


def in_context(task: str, role: str | None) -> str:
    """Return the task as it is put to the model where its role is known; without a role, the task itself.

    The same sentence can be other work in another role: "Handle complaints" at a hospice, or at a parcel hotline.
    The holder's seniority and gender are left out of the role.
    """
    named = _without(_HOLDER, normalise(role or ""))
    for female, male in _FORMS:
        named = female.sub(male, named)
    return f"{named}: {bare(task)}" if named else task


def bare(text: str) -> str:
    """Return the normalised text without a phrase in front that says nothing, such as "Responsible for"."""
    return _without(_PHRASE, normalise(text))


def _without(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return (text[found.end() :] or text) if found else text


def key(text: str) -> str:
    """Return what two wordings of one task share: normalised and case-folded text."""
    return normalise(text).casefold()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of the normalised text, in hexadecimal."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()
