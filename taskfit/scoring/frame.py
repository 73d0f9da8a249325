"""Score a pandas data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfit.errors import ColumnError
from taskfit.inventory import Row
from taskfit.scoring.assess import Model, load
from taskfit.scoring.columns import FIT_COLUMNS, kept_columns
from taskfit.scoring.stream import score_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["score_frame"]


def score_frame(
    frame: pd.DataFrame, text: str, *, role: str | None = None, model: Model | None = None, force: bool = False
) -> pd.DataFrame:
    """Return the frame with the ``fit_`` columns appended.

    Parameters
    ----------
    frame : pandas.DataFrame
        Left as it is.
    text : str
        Name of the column with the task descriptions.
    role : str, optional
        Name of the column with the role of each task.
    model : Model, optional
        By default the shipped model with the default policy.
    force : bool
        Whether ``fit_`` columns that the frame already has are replaced.

    Returns
    -------
    pandas.DataFrame
        The same rows, index and columns, then the appended columns.

    Raises
    ------
    ColumnError
        If a named column is missing, or several have its name.
    OutputError
        If the frame already has a column of that name, and `force` is false.
    """
    import pandas as pd

    names = list(frame.columns)
    for name in (text, *([role] if role else [])):
        if name not in names:
            raise ColumnError(f"no column {name!r}: the frame has {', '.join(map(str, names))}")
        if names.count(name) > 1:
            raise ColumnError(f"{names.count(name)} columns of the frame are called {name!r}: rename all but one")
    keep = kept_columns([str(name) for name in names], force=force)
    asked = frame[[text, role] if role else [text]]
    # A missing value of any kind is an empty cell; `str` would call it "nan".
    rows = [
        Row(tuple(None if pd.api.types.is_scalar(value) and pd.isna(value) else value for value in values), line)
        for line, values in enumerate(asked.itertuples(index=False, name=None), start=1)
    ]
    chunk = next(score_rows([rows], model or load(), text=0, role=1 if role else None, keep=()))
    scores = pd.DataFrame(chunk.rows, columns=list(FIT_COLUMNS), index=frame.index)
    return pd.concat([frame.iloc[:, keep], scores], axis=1)
