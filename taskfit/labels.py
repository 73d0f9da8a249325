"""What may a task be called? Three labels, five drivers, and the rubric that defines them."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from functools import cache

__all__ = ["DECISIVE", "DRIVERS", "LABELS", "RUBRIC", "Driver", "Label", "schema_hash"]


class Label(StrEnum):
    """Who should do a task: technology, a person with technology, or a person."""

    AUTOMATABLE = "automatable"
    AUGMENTABLE = "augmentable"
    HUMAN_ESSENTIAL = "human-essential"


class Driver(StrEnum):
    """Why a person must do a task: the five EPOCH capabilities (Loaiza and Rigobon, MIT)."""

    EMPATHY = "empathy"
    PRESENCE = "presence"
    JUDGEMENT = "judgement"
    CREATIVITY = "creativity"
    LEADERSHIP = "leadership"


#: Label names in order, from technology to people. Every array of label scores uses this order.
LABELS: tuple[str, ...] = tuple(label.value for label in Label)

#: Driver names in order. Every array of driver scores uses this order.
DRIVERS: tuple[str, ...] = tuple(driver.value for driver in Driver)

#: A scored driver counts as decisive from this probability.
DECISIVE = 0.5

#: The definitions that labelled data and models are bound to. Changing a word changes `schema_hash`.
RUBRIC: dict[str, dict[str, str]] = {
    "labels": {
        Label.AUTOMATABLE: (
            "Mainstream software or AI could do it end to end, with spot checks at most: inputs and outputs are "
            "digital, success can be checked, errors are cheap and reversible, exceptions can be routed to someone."
        ),
        Label.AUGMENTABLE: (
            "Technology drafts, searches, computes or watches; a person frames, verifies, integrates and decides "
            "before the result counts."
        ),
        Label.HUMAN_ESSENTIAL: "A person must be the one who does it: at least one driver is decisive.",
    },
    "drivers": {
        Driver.EMPATHY: (
            "The other person needs to feel heard, safe or respected, and would feel let down to learn that software "
            "did it."
        ),
        Driver.PRESENCE: (
            "Skilled or unmechanised manual work, a body in an unstructured place, hands on a living being, or "
            "someone's live physical safety."
        ),
        Driver.JUDGEMENT: (
            "Contested values, high or irreversible stakes; rules do not settle it and someone must answer for it."
        ),
        Driver.CREATIVITY: "An original authored vision or taste is the point, not a competent draft.",
        Driver.LEADERSHIP: ("Moving people with interests of their own: negotiate, motivate, win commitment."),
    },
    "ties": {
        "automatable or augmentable": (
            "If a wrong result would silently reach a customer, patient, regulator, or somebody's pay or rights, "
            "augmentable."
        ),
        "augmentable or human-essential": (
            "If the receiver would notice and mind the person's absence, human-essential."
        ),
        "otherwise": "Move one step toward people.",
    },
}


@cache
def schema_hash() -> str:
    """Return the digest of labels, drivers and rubric that models and data carry.

    Returns
    -------
    str
        The first 16 hexadecimal digits of a SHA-256 over the canonical JSON of the schema.
    """
    schema = {"labels": LABELS, "drivers": DRIVERS, "rubric": RUBRIC}
    canonical = json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:16]
