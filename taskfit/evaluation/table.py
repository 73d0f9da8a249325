"""Figures as a plain-text table."""

from __future__ import annotations

from collections.abc import Sequence

from taskfit.evaluation.metrics import Metrics

__all__ = ["render_table"]

_HEADER = ("", "tasks", "accuracy", "macro-F1", "kappa", "calib. error", "human called automatable")


def render_table(figures: Sequence[Metrics]) -> str:
    """Return an aligned table, one row a predictor, with a legend."""
    rows = [_HEADER, *(_row(metrics) for metrics in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    lines.append(
        "95 % intervals in brackets, where measured. Human called automatable: the expensive mistake, as a share"
    )
    lines.append("of the human-essential tasks.")
    return "\n".join(line.rstrip() for line in lines)


def _row(metrics: Metrics) -> tuple[str, ...]:
    interval = metrics.intervals.get("accuracy")
    accuracy = f"{metrics.accuracy:.1%}" + (f" [{interval[0]:.1%}, {interval[1]:.1%}]" if interval else "")
    error = "-" if metrics.calibration_error is None else f"{metrics.calibration_error:.3f}"
    mistakes = (
        f"{metrics.human_called_automatable_count} of {metrics.human_count} ({metrics.human_called_automatable:.1%})"
    )
    return (metrics.name, str(metrics.n), accuracy, f"{metrics.macro_f1:.3f}", f"{metrics.kappa:.3f}", error, mistakes)
