"""Score one partition: the model is loaded once a process, and every partition is scored like any inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from taskfit.manifest import TIERS
from taskfit.policy import DEFAULT_POLICY
from taskfit.scoring import FIT_COLUMNS, Model, load, score_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Job", "appended", "check_columns", "score_partition", "with_empty_columns"]

#: pandas types of the appended columns; text may be missing, numbers too.
_TYPES = {str: "string", float: "float64", bool: "bool"}


@dataclass(frozen=True)
class Job:
    """What to do with a partition. It travels to every worker, so it names the model and does not hold it.

    Parameters
    ----------
    text, role : str
        Columns.
    model : str, optional
        A shipped model's name or a folder that every worker can read.
    tier, policy : str
    """

    text: str
    role: str | None = None
    model: str | None = None
    tier: str = TIERS[0]
    policy: str = DEFAULT_POLICY


def score_partition(frame: pd.DataFrame, job: Job) -> pd.DataFrame:
    """Return a partition with the ``fit_`` columns appended; its rows and index stay."""
    if len(frame) == 0:
        return with_empty_columns(frame)
    scored = score_frame(frame, text=job.text, role=job.role, model=_model(job.model, job.tier, job.policy))
    return scored.astype(appended())  # the same types in every partition, even where one has no label


def with_empty_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an empty frame with the appended columns in their types."""
    import pandas as pd

    return frame.assign(**{name: pd.Series(dtype=kind) for name, kind in appended().items()})


def appended() -> dict[str, str]:
    """Return the appended columns and their pandas types, in order."""
    return {name: _TYPES[kind] for name, kind in FIT_COLUMNS.items()}


def check_columns(columns: Sequence[str], job: Job) -> None:
    """Raise before any work is sent out if a column is missing or would be appended twice.

    Raises
    ------
    ColumnError, OutputError
    """
    from taskfit.errors import ColumnError
    from taskfit.scoring import kept_columns

    for name in (job.text, *([job.role] if job.role else [])):
        if name not in columns:
            raise ColumnError(f"no column {name!r}: the data have {', '.join(columns)}")
    kept_columns(columns, force=False)


@lru_cache
def _model(model: str | None, tier: str, policy: str) -> Model:
    return load(model, tier=tier, policy=policy)
