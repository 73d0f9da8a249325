"""Score Spark data frames; needs ``pip install "taskfit[spark]"`` and Java on every machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from taskfit.distributed.partition import Job, appended, check_columns, score_partition
from taskfit.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["score_frame", "score_parquet"]

_TYPES = {"string": "string", "float64": "double", "bool": "boolean"}


def score_frame(frame: Any, text: str, **job: Any) -> Any:
    """Return a Spark data frame with the ``fit_`` columns appended, batch by batch.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
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
    from pyspark.sql.types import StructType

    work = Job(text, **job)
    check_columns(frame.columns, work)
    schema = StructType(list(frame.schema.fields))  # a copy: add changes it
    for name, kind in appended().items():
        schema = schema.add(name, _TYPES[kind])

    def batches(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for part in frames:
            yield score_partition(part, work)

    return frame.mapInPandas(batches, schema)


def score_parquet(source: str, target: str, text: str, **job: Any) -> None:
    """Score a folder of Parquet files into another folder.

    Raises
    ------
    MissingExtraError
        If PySpark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtraError("pyspark", "spark") from error
    # Workers must find taskfit where this process finds it.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = SparkSession.builder.appName("taskfit").getOrCreate()
    score_frame(session.read.parquet(source), text, **job).write.parquet(target)
