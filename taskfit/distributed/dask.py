"""Score Dask data frames; needs ``pip install "taskfit[dask]"``."""

from __future__ import annotations

from typing import Any

from taskfit.distributed.partition import Job, check_columns, score_partition, with_empty_columns
from taskfit.errors import MissingExtraError

__all__ = ["score_frame", "score_parquet"]


def score_frame(frame: Any, text: str, **job: Any) -> Any:
    """Return a Dask data frame with the ``fit_`` columns appended, partition by partition.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
    text : str
        Column with the tasks.
    **job
        ``role``, ``model``, ``tier``, ``policy``, as in `taskfit.distributed.partition.Job`.

    Raises
    ------
    ColumnError
        If a column is missing.
    OutputError
        If the frame already has a ``fit_`` column.
    """
    work = Job(text, **job)
    check_columns([str(name) for name in frame.columns], work)
    return frame.map_partitions(score_partition, work, meta=with_empty_columns(frame._meta))


def score_parquet(source: str, target: str, text: str, **job: Any) -> None:
    """Score a folder of Parquet files into another folder, one file a partition.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    """
    try:
        import dask.dataframe as dd
    except ImportError as error:
        raise MissingExtraError("dask", "dask") from error
    # Columns stay as the files have them: no index is made of one, no text type is guessed.
    score_frame(dd.read_parquet(source, index=False), text, **job).to_parquet(target, write_index=False)
