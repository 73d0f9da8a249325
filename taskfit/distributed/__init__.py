"""How do we use a cluster? One pure function over partitions; the engines are Dask and Spark, if installed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taskfit.distributed import dask, spark

__all__ = ["dask", "spark"]


def __getattr__(name: str) -> Any:
    if name in __all__:  # on first use, since each reads the scoring with it
        return importlib.import_module(f"taskfit.distributed.{name}")
    raise AttributeError(f"module 'taskfit.distributed' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
