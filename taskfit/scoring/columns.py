"""What columns does scoring append, and what stands in them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskfit.errors import OutputError
from taskfit.labels import DRIVERS, LABELS
from taskfit.scoring.assess import Assessment

__all__ = ["FIT_COLUMNS", "cells", "kept_columns"]

#: Appended columns and the types of their values, in order. A value may also be None.
FIT_COLUMNS: dict[str, type] = {
    "fit_label": str,
    "fit_confidence": float,
    **{f"fit_p_{label.replace('-', '_')}": float for label in LABELS},
    **{f"fit_{driver}": float for driver in DRIVERS},
    "fit_drivers": str,
    "fit_review": bool,
    "fit_status": str,
    "fit_note": str,
}

#: Four decimals: finer differences mean nothing, and coarser ones would hide the policy's limits.
_DECIMALS = 4


def cells(assessment: Assessment) -> tuple[Any, ...]:
    """Return the values of `FIT_COLUMNS` for one assessment."""
    probabilities = _probabilities(assessment)
    confidence = None if not assessment.label else probabilities[LABELS.index(assessment.label)]
    drivers = assessment.drivers or {}
    return (
        assessment.label,
        confidence,
        *probabilities,
        *(round(drivers[name], _DECIMALS) if name in drivers else None for name in DRIVERS),
        "; ".join(assessment.decisive),
        assessment.review,
        assessment.status,
        assessment.note,
    )


def kept_columns(columns: Sequence[str], *, force: bool) -> list[int]:
    """Return the positions of the input columns that stay.

    Parameters
    ----------
    columns : sequence of str
        The inventory's columns.
    force : bool
        Whether columns of an earlier run are replaced.

    Raises
    ------
    OutputError
        If a column has the name of one that would be appended, and `force` is false.
    """
    clashes = [name for name in columns if name in FIT_COLUMNS]
    if clashes and not force:
        raise OutputError(f"the inventory already has {', '.join(clashes)}: replace them with --force, or rename them")
    return [position for position, name in enumerate(columns) if name not in FIT_COLUMNS]


def _probabilities(assessment: Assessment) -> list[float | None]:
    if not assessment.probabilities:
        return [None] * len(LABELS)
    rounded = [round(assessment.probabilities[label], _DECIMALS) for label in LABELS]
    # The largest takes what rounding left over, so that a row's probabilities sum to 1 as written.
    largest = max(range(len(rounded)), key=rounded.__getitem__)
    rest = sum(value for position, value in enumerate(rounded) if position != largest)
    rounded[largest] = round(1 - rest, _DECIMALS)
    return list(rounded)
