"""Charts as inline SVG, with what they show in words for those who do not see them."""

from __future__ import annotations

from collections.abc import Mapping

from taskfit.labels import DRIVERS, LABELS

__all__ = ["driver_bars", "share_bar"]

_WIDTH, _LEFT, _RIGHT, _ROW = 900, 140, 30, 34


def share_bar(shares: Mapping[str, Mapping[str, float]], called: Mapping[str, float]) -> str:
    """Draw one bar a label with a whisker for its range.

    Parameters
    ----------
    shares : mapping
        ``low``, ``expected`` and ``high`` by label, 0 to 1.
    called : mapping
        Share by the label that was decided; a stroke marks it.
    """
    scale = _WIDTH - _LEFT - _RIGHT
    parts, words = [], []
    for at, label in enumerate(LABELS):
        share, y = shares[label], at * _ROW
        low, expected, high, mark = (
            _LEFT + scale * value for value in (share["low"], share["expected"], share["high"], called[label])
        )
        middle = y + 15
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + 20}" text-anchor="end">{label}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{expected - _LEFT:.1f}" height="22" fill="var(--{label})" opacity=".85"/>'
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {y + 9}V{y + 21}M{high:.1f} {y + 9}V{y + 21}" '
            f'stroke="var(--ink)" stroke-width="2" fill="none"/>'
            f'<path d="M{mark:.1f} {y + 1}V{y + 29}" stroke="var(--ink)" stroke-width="1" stroke-dasharray="3 2"/>'
        )
        words.append(f"{label} {share['low']:.0%} to {share['high']:.0%}")
    return _svg("".join(parts), len(LABELS) * _ROW, "Share by label: " + ", ".join(words))


def driver_bars(drivers: Mapping[str, float], unit: str) -> str:
    """Draw one bar a driver: its share of all work, 0 to 1."""
    largest = max([*drivers.values(), 0.01])
    scale = _WIDTH - _LEFT - _RIGHT - 60
    parts = []
    for at, name in enumerate(DRIVERS):
        y, width = at * _ROW, scale * drivers[name] / largest
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + 20}" text-anchor="end">{name}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{width:.1f}" height="22" fill="var(--human-essential)" opacity=".85"/>'
            f'<text x="{_LEFT + width + 8:.1f}" y="{y + 20}">{drivers[name]:.0%}</text>'
        )
    words = ", ".join(f"{name} {drivers[name]:.0%}" for name in DRIVERS)
    return _svg("".join(parts), len(DRIVERS) * _ROW, f"Human-essential share of {unit} by driver: {words}")


def _svg(body: str, height: int, words: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{words}">{body}</svg>'
