"""What does a model say of one task? Encoder, heads, policy and screening put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskfit import bundle as bundles
from taskfit.bundle import Bundle
from taskfit.encoders import CachedEncoder
from taskfit.explain import Neighbour
from taskfit.labels import DECISIVE, DRIVERS, LABELS, Label
from taskfit.policy import DEFAULT_POLICY, Decision, Policy, find_policy
from taskfit.scoring.screen import Finding, screen
from taskfit.text import in_context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Assessment", "Model", "load"]

_UNLIKE = Finding("ok", "unlike the tasks that the model was taught", review=True)


@dataclass(frozen=True)
class Assessment:
    """What is said of one task.

    Parameters
    ----------
    text : str
        The task as it was given.
    label : str
        The policy's decision; empty if there is no task.
    confidence : float or None
        Calibrated probability of `label`, 0 to 1.
    probabilities : dict of str to float
        Calibrated, by label; they sum to 1. Empty if there is no task.
    drivers : dict of str to float
        Strength of each driver, 0 to 1. Empty if there is no task or the model has no drivers.
    decisive : tuple of str
        Names of the decisive drivers, strongest first.
    review : bool
        Whether a person should look before anyone acts.
    status : str
        ``ok``, ``blank``, ``not_a_task``, ``vague``, ``compound``, ``truncated``, ``personal_data``,
        ``other_language`` or ``ragged``.
    note : str
        One short sentence for a person; may be empty.
    """

    text: str
    label: str = ""
    confidence: float | None = None
    probabilities: dict[str, float] | None = None
    drivers: dict[str, float] | None = None
    decisive: tuple[str, ...] = ()
    review: bool = False
    status: str = "ok"
    note: str = ""


@dataclass(frozen=True)
class Model:
    """A loaded model with a decision policy.

    Parameters
    ----------
    bundle : taskfit.bundle.Bundle
    policy : Policy
    """

    bundle: Bundle
    policy: Policy

    @property
    def name(self) -> str:
        """The model's name, from its manifest."""
        return str(self.bundle.facts.get("name", "unnamed"))

    @property
    def reads_roles(self) -> bool:
        """Whether the model was taught with roles; one that was not ignores them."""
        return bool(self.bundle.facts.get("reads_roles", False))

    def ask(self, texts: Sequence[str], roles: Sequence[str] | None) -> list[str]:
        """Return the tasks as the model is to see them: with their roles, if it reads roles and they are known."""
        if roles is None or not self.reads_roles:
            return list(texts)
        return [in_context(text, role) for text, role in zip(texts, roles, strict=True)]

    def assess(self, texts: Sequence[str], roles: Sequence[str] | None = None) -> list[Assessment]:
        """Assess task descriptions.

        Parameters
        ----------
        texts : sequence of str
            A list, an array, a column of a data frame. A missing value of any kind is a blank text.
        roles : sequence of str, optional
            The role of each task, where it is known; the same sentence can be other work in another role.

        Returns
        -------
        list of Assessment
            One a text, in order. The same text and role always get the same answer, whatever stands beside them.

        Raises
        ------
        TypeError
            If one text is given instead of a sequence of them, or bytes instead of text.
        ValueError
            If `texts` and `roles` differ in length.
        """
        texts, roles = _plain(texts), None if roles is None else _plain(roles)
        if roles is not None and len(roles) != len(texts):
            raise ValueError(f"texts and roles differ in length: {len(texts)} and {len(roles)}")
        findings = [screen(text) for text in texts]
        scored = [row for row, finding in enumerate(findings) if finding.has_task]
        asked = self.ask([texts[row] for row in scored], None if roles is None else [roles[row] for row in scored])
        answers = self._score(asked)
        for row, truncated in zip(scored, self.bundle.tier.encoder.truncated(asked), strict=True):
            if truncated:
                findings[row] = Finding("truncated", "only the beginning of this long text was read", review=True)
        assessments = [_unscored(text, finding) for text, finding in zip(texts, findings, strict=True)]
        for row, (decision, probabilities, strengths, unlike) in zip(scored, answers, strict=True):
            if unlike and findings[row].status == "ok":
                findings[row] = _UNLIKE
            assessments[row] = _scored(texts[row], findings[row], decision, probabilities, strengths)
        return assessments

    @property
    def problem(self) -> str:
        """Why the cache of vectors is not used; empty if it is, or if none was asked for."""
        return str(getattr(self.bundle.tier.encoder, "problem", ""))

    def nearest(self, text: str, count: int = 3) -> list[Neighbour]:
        """Return the labelled tasks nearest to a text, with their labels; empty if the model carries none."""
        if self.bundle.examples is None:
            return []
        return self.bundle.examples.nearest(self.bundle.tier.encoder.encode([text])[0], count)

    def _score(self, texts: Sequence[str]) -> list[tuple[Decision, list[float], list[float] | None, bool]]:
        if not texts:
            return []
        tier, coverage = self.bundle.tier, self.policy.coverage
        vectors = tier.encoder.encode(texts)
        probabilities = tier.probabilities(vectors)
        possible = None
        if tier.label_sets is not None and coverage is not None:
            possible = tier.label_sets.sets(probabilities, coverage)
        head = tier.driver_head
        strengths: Sequence[Any] = [None] * len(texts) if head is None else head.strengths(vectors).tolist()
        decisions = self.policy.decide(probabilities, possible)
        return list(zip(decisions, probabilities.tolist(), strengths, self._unlike(vectors), strict=True))

    def _unlike(self, vectors: NDArray[np.float32]) -> list[bool]:
        """Tell which vectors are far from every task that the model was taught, where it knows how far is far."""
        limit, examples = self.bundle.facts.get("familiar"), self.bundle.examples
        if limit is None or examples is None:
            return [False] * len(vectors)
        flags: list[bool] = examples.unlike(vectors, limit).tolist()
        return flags


def load(
    model: str | Path | None = None,
    *,
    tier: str = bundles.TIERS[0],
    policy: str | Policy = DEFAULT_POLICY,
    trust: bool = False,
    cache: str | Path | None = None,
) -> Model:
    """Load a model.

    Parameters
    ----------
    model : str or Path, optional
        Name of a shipped model or a bundle's folder; by default the shipped model.
    tier : str
        ``accurate`` (default), or ``fast``: static vectors, far quicker and a little less often right.
    policy : str or Policy
        ``cautious`` (default), ``balanced``, ``strict``, a JSON file, or a `Policy`.
    trust : bool
        Whether the bundle may run code; only one with a foreign joblib head needs it.
    cache : str or Path, optional
        Folder where vectors are kept between runs (see `taskfit.encoders.CachedEncoder`).

    Returns
    -------
    Model

    Raises
    ------
    BundleError
        If there is no such model, or it is damaged, foreign or newer.
    PolicyError
        If there is no such policy.
    """
    decided = policy if isinstance(policy, Policy) else find_policy(policy)
    bundle = bundles.load(bundles.find(model), tier=tier, trust=trust)
    if cache is not None and not isinstance(bundle.tier.encoder, CachedEncoder):
        cached = CachedEncoder(bundle.tier.encoder, cache)
        bundle = replace(bundle, tier=replace(bundle.tier, encoder=cached))
    return Model(bundle, decided)


def _plain(values: Sequence[Any]) -> list[str]:
    """Return texts in their order, whatever labels a column gives them."""
    if isinstance(values, str | bytes):
        raise TypeError("give a list of texts, not one text")
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray):
        raise TypeError(f"{value[:20]!r} is bytes, not text: decode it first")
    try:
        # Of all values only a missing one (NaN, NaT) differs from itself ...
        missing = value is None or bool(value != value)
    except TypeError:
        missing = True  # ... and only pandas.NA cannot say whether it does.
    return "" if missing else str(value)


def _unscored(text: str, finding: Finding) -> Assessment:
    return Assessment(text, review=finding.review, status=finding.status, note=finding.note)


def _scored(
    text: str,
    finding: Finding,
    decision: Decision,
    probabilities: list[float],
    strengths: list[float] | None,
) -> Assessment:
    drivers = None if strengths is None else dict(zip(DRIVERS, strengths, strict=True))
    notes = [note for note in (finding.note, decision.reason) if note]
    return Assessment(
        text=text,
        label=decision.label,
        confidence=decision.confidence,
        probabilities=dict(zip(LABELS, probabilities, strict=True)),
        drivers=drivers,
        decisive=_decisive(decision.label, drivers),
        review=decision.review or finding.review,
        status=finding.status,
        note="; ".join(notes),
    )


def _decisive(label: str, drivers: dict[str, float] | None) -> tuple[str, ...]:
    if label != Label.HUMAN_ESSENTIAL or not drivers:
        # A decisive driver makes a task human-essential; below that a driver only contributes.
        return ()
    ranked = sorted(drivers, key=lambda name: -drivers[name])
    return tuple(name for name in ranked if drivers[name] >= DECISIVE) or (ranked[0],)
