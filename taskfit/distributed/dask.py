"""Score Dask data frames; needs ``pip install "taskfit[dask]"``."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from taskfit.distributed.partition import Job, check_columns, score_partition, with_empty_columns
from taskfit.errors import MissingExtraError, TaskfitError

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

    The work goes to the cluster that Dask's configuration names (``DASK_SCHEDULER_ADDRESS``), to a client that is open
    already, or to threads of this process. Workers of a cluster must see both folders.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    TaskfitError
        If the cluster that is named does not answer.
    """
    try:
        import dask.dataframe as dd
    except ImportError as error:
        raise MissingExtraError("dask", "dask") from error
    with _cluster():
        # Columns stay as the files have them: no index is made of one, no text type is guessed.
        score_frame(dd.read_parquet(source, index=False), text, **job).to_parquet(target, write_index=False)


def _cluster() -> AbstractContextManager[Any]:
    """Return a client of the cluster that Dask's configuration names, if it names one."""
    import dask.config

    address = dask.config.get("scheduler-address", None)
    if address is None:
        return nullcontext()
    import distributed

    connect: Any = distributed.Client  # without types
    try:
        return cast(AbstractContextManager[Any], connect(address))
    except (OSError, ValueError) as error:
        raise TaskfitError(
            f"no Dask scheduler answers at {address} ({error}): start it, or unset DASK_SCHEDULER_ADDRESS"
        ) from error
