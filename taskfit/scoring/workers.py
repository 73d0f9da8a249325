"""How do several processors score? The same model in several processes, each with a part of every chunk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from taskfit.policy import Policy
from taskfit.scoring.assess import Model, load
from taskfit.scoring.columns import cells

__all__ = ["Workers", "answer"]


def answer(model: Model, questions: Sequence[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Return the ``fit_`` cells of tasks with their roles."""
    assessments = model.assess([text for text, _ in questions], [role for _, role in questions])
    return [cells(assessment) for assessment in assessments]


class Workers:
    """Processes that each hold the model.

    Parameters
    ----------
    count : int
    source : tuple
        How each process loads the model: folder, tier, policy, trust, cache.
    """

    def __init__(self, count: int, source: tuple[str, str, Policy, bool, str | None]) -> None:
        self._count, self._source = count, source

    def __call__(self, questions: Sequence[tuple[str, str]]) -> list[tuple[Any, ...]]:
        """Answer in parallel; the same answers, in the same order, as one process gives."""
        from joblib import Parallel, delayed, parallel_config

        parts = [questions[start :: self._count] for start in range(self._count)]
        # One thread a process: the processes already fill the processors.
        with parallel_config(backend="loky", inner_max_num_threads=1):
            answered = Parallel(n_jobs=self._count)(delayed(_work)(self._source, part) for part in parts if part)
        result: list[Any] = [None] * len(questions)
        for start, part in enumerate(answered):
            result[start :: self._count] = part
        return result


def _work(
    source: tuple[str, str, Policy, bool, str | None], questions: Sequence[tuple[str, str]]
) -> list[tuple[Any, ...]]:
    return answer(_model(*source), questions)


@lru_cache
def _model(folder: str, tier: str, policy: Policy, trust: bool, cache: str | None) -> Model:
    """Load the model once a process."""
    return load(folder, tier=tier, policy=policy, trust=trust, cache=cache)
