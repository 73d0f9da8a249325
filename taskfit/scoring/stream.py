"""Score an inventory chunk by chunk: a generator that neither prints nor opens files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from taskfit.errors import InventoryError
from taskfit.inventory import MISSING, Chunk, Row
from taskfit.scoring.assess import Assessment, Model
from taskfit.scoring.columns import cells
from taskfit.scoring.journal import Journal
from taskfit.scoring.overrides import Override, barred, question_key, settled
from taskfit.scoring.workers import answer

__all__ = ["ScoredChunk", "Tally", "score_rows"]

#: Distinct tasks whose answers are kept, so that each is encoded once; the oldest go first. About 40 MB when full.
REMEMBERED = 50_000

_NOT_SCORED = frozenset({"not_a_task", "ragged"})


@dataclass(frozen=True)
class Tally:
    """Counts of rows; tallies add up.

    Parameters
    ----------
    read, scored, review, blank, skipped : int
        Rows read; rows that got a label; rows that a person should look at; rows without text; rows with text that
        got no label.
    decided, agree, barred : int
        Rows that a person has decided, and how many of them as the model said; rows that a barrier moved.
    """

    read: int = 0
    scored: int = 0
    review: int = 0
    blank: int = 0
    skipped: int = 0
    decided: int = 0
    agree: int = 0
    barred: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


@dataclass(frozen=True)
class ScoredChunk:
    """Rows with their scores.

    Parameters
    ----------
    rows : list of tuple
        The kept input cells of each row, then the values of `FIT_COLUMNS`.
    tally : Tally
    source : Chunk, optional
        The rows as they were read.
    """

    rows: list[tuple[Any, ...]]
    tally: Tally
    source: Chunk | None = None


def score_rows(
    chunks: Iterable[Sequence[Row]],
    model: Model,
    *,
    text: int,
    role: int | None = None,
    keep: Sequence[int],
    strict: bool = False,
    overrides: Mapping[tuple[str, str], Override] | None = None,
    barriers: Mapping[str, int] | None = None,
    workers: Callable[[Sequence[tuple[str, str]]], list[tuple[Any, ...]]] | None = None,
    journal: Journal | None = None,
) -> Iterator[ScoredChunk]:
    """Score rows in order, each distinct task once.

    Parameters
    ----------
    chunks : iterable of sequences of Row
        As an inventory yields them.
    model : Model
    text, role : int
        Positions of the task and, if there is one, the role.
    keep : sequence of int
        Positions of the input cells that stay.
    strict : bool
        Whether a row that cannot be scored ends the run.
    overrides : mapping, optional
        What people have settled; it wins over the model (see `taskfit.scoring.overrides.read_overrides`).
    barriers : mapping of str to int, optional
        Names and positions of columns that say what keeps a task with people; they win over what people have settled.
    workers : callable, optional
        Answers tasks with roles in place of the model (see `taskfit.scoring.workers.Workers`).
    journal : Journal, optional
        Where answers are written down, and read from where a killed run left off.

    Yields
    ------
    ScoredChunk
        One a chunk, row for row.

    Raises
    ------
    InventoryError
        If `strict`, at the first row that is ragged or holds no task.
    """
    known: OrderedDict[tuple[str, str], tuple[Any, ...]] = OrderedDict()
    for chunk in chunks:
        asked = [(_text(row, text), "" if role is None else _text(row, role)) for row in chunk]
        _answer(workers or partial(answer, model), asked, known, journal)
        said = [_ragged(row) if row.problem else known[question] for row, question in zip(chunk, asked, strict=True)]
        decided = [_settled(score, question, overrides or {}) for score, question in zip(said, asked, strict=True)]
        scores = [_barred(score, row, barriers or {}) for score, row in zip(decided, chunk, strict=True)]
        if strict:
            _refuse(chunk, scores)
        rows = [(*(row.cells[position] for position in keep), *score) for row, score in zip(chunk, scores, strict=True)]
        tally = _tally(scores) + _decisions(said, decided)
        yield ScoredChunk(rows, tally, chunk if isinstance(chunk, Chunk) else None)
        while len(known) > REMEMBERED:
            known.popitem(last=False)


def _settled(
    score: tuple[Any, ...], question: tuple[str, str], overrides: Mapping[tuple[str, str], Override]
) -> tuple[Any, ...]:
    override = overrides.get(question_key(*question)) if overrides else None
    return settled(score, override) if override is not None and score[_LABEL] else score


def _barred(score: tuple[Any, ...], row: Row, barriers: Mapping[str, int]) -> tuple[Any, ...]:
    return barred(score, {name: _text(row, position) for name, position in barriers.items()}) if barriers else score


def _answer(
    answer_new: Callable[[Sequence[tuple[str, str]]], list[tuple[Any, ...]]],
    asked: Sequence[tuple[str, str]],
    known: OrderedDict[tuple[str, str], tuple[Any, ...]],
    journal: Journal | None,
) -> None:
    new = [question for question in dict.fromkeys(asked) if question not in known]
    for question in asked:
        if question in known:
            known.move_to_end(question)
    answers = None if journal is None else journal.take()
    if answers is None:
        answers = answer_new(new) if new else []
        if journal is not None:
            journal.add(answers)
    known.update(zip(new, answers, strict=True))


def _text(row: Row, position: int) -> str:
    value = row.cells[position]
    return "" if value is None or value is MISSING else str(value)


def _ragged(row: Row) -> tuple[Any, ...]:
    note = f"{row.problem}; mend the row and score it again"
    return cells(Assessment("", review=True, status="ragged", note=note))


# Positions of the values that a tally counts, from the end of a row's scores.
_LABEL, _REVIEW, _STATUS, _NOTE = 0, -3, -2, -1


def _tally(scores: Sequence[tuple[Any, ...]]) -> Tally:
    return Tally(
        read=len(scores),
        scored=sum(bool(score[_LABEL]) for score in scores),
        review=sum(bool(score[_REVIEW]) for score in scores),
        blank=sum(score[_STATUS] == "blank" for score in scores),
        skipped=sum(score[_STATUS] in _NOT_SCORED for score in scores),
        barred=sum(score[_STATUS] == "barred" for score in scores),
    )


def _decisions(said: Sequence[tuple[Any, ...]], decided: Sequence[tuple[Any, ...]]) -> Tally:
    pairs = [(was, now) for was, now in zip(said, decided, strict=True) if now is not was]
    return Tally(decided=len(pairs), agree=sum(was[_LABEL] == now[_LABEL] for was, now in pairs))


def _refuse(chunk: Sequence[Row], scores: Sequence[tuple[Any, ...]]) -> None:
    for row, score in zip(chunk, scores, strict=True):
        if score[_STATUS] in _NOT_SCORED:
            raise InventoryError(f"line {row.line}: {score[_STATUS]} ({score[_NOTE]}); mend it, or leave --strict out")
