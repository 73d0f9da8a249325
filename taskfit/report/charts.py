"""Charts as inline SVG, with what they show in words for those who do not see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskfit.labels import LABELS
from taskfit.report.words import percents

__all__ = ["driver_bars", "share_bar"]

# Small enough for the words to be read on a telephone; the style sheet limits how far it is blown up.
_WIDTH, _LEFT, _RIGHT, _ROW = 440, 118, 16, 26


def share_bar(shares: Mapping[str, Mapping[str, float]], called: Mapping[str, float]) -> str:
    """Draw one bar a label with a whisker for its range.

    Parameters
    ----------
    shares : mapping
        ``low``, ``expected`` and ``high`` by label, 0 to 1.
    called : mapping
        Share by the label that was decided; a dashed stroke marks it.
    """
    scale = _WIDTH - _LEFT - _RIGHT
    parts = []
    for at, label in enumerate(LABELS):
        mark, y = _LEFT + scale * called[label], at * _ROW
        parts.append(
            f'{_bar(label, shares[label], y, scale, label)}<path d="M{mark:.1f} {y + 1}V{y + 25}" stroke="var(--ink)" '
            f'stroke-width="1" stroke-dasharray="3 2"/>'
        )
    words = ", ".join(f"{label} {percents(shares[label])}, decided {called[label]:.0%}" for label in LABELS)
    return _svg(parts, f"Share by label: {words}")


def driver_bars(drivers: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """Draw one bar a driver with a whisker for its range: its share of all work, 0 to 1."""
    room = 60
    scale = (_WIDTH - _LEFT - _RIGHT - room) / max([*(share["high"] for share in drivers.values()), 0.01])
    parts = []
    for at, (name, share) in enumerate(drivers.items()):
        y, end = at * _ROW, _LEFT + scale * share["high"]
        text = f'<text x="{end + 8:.1f}" y="{y + 17}">{percents(share)}</text>'
        parts.append(_bar(name, share, y, scale, "human-essential") + text)
    words = ", ".join(f"{name} {percents(share)}" for name, share in drivers.items())
    return _svg(parts, f"Human-essential share of {unit} by driver: {words}")


def _bar(name: str, share: Mapping[str, float], y: int, scale: float, hue: str) -> str:
    low, expected, high = (_LEFT + scale * share[end] for end in ("low", "expected", "high"))
    return (
        f'<text x="{_LEFT - 8}" y="{y + 17}" text-anchor="end">{name}</text>'
        f'<rect x="{_LEFT}" y="{y + 4}" width="{expected - _LEFT:.1f}" height="18" fill="var(--{hue})" opacity=".85"/>'
        f'<path d="M{low:.1f} {y + 13}H{high:.1f}M{low:.1f} {y + 8}V{y + 18}M{high:.1f} {y + 8}V{y + 18}" '
        f'stroke="var(--ink)" stroke-width="1.5" fill="none"/>'
    )


def _svg(parts: Sequence[str], words: str) -> str:
    height = len(parts) * _ROW
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{words}">{"".join(parts)}</svg>'
