"""What do the ratings of published studies mean in the three labels?

Every step loses something, and each scale says what. Ratings of one task are averaged before they become a label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from taskfit.errors import LabelledDataError
from taskfit.labels import Label
from taskfit.text import key

__all__ = ["SCALES", "ConvertedTask", "Scale", "convert"]


@dataclass(frozen=True)
class Scale:
    """A published scale and how it becomes a label.

    Parameters
    ----------
    name, title : str
    numbers : dict of str to float
        Values by name, upper case; a plain number within `bounds` is read too.
    bounds : tuple of float
        Least and greatest value.
    cuts : tuple of (float, Label)
        The label of every mean rating below each number, in rising order.
    losses : str
        What the conversion loses or assumes.
    """

    name: str
    title: str
    numbers: dict[str, float]
    bounds: tuple[float, float]
    cuts: tuple[tuple[float, Label], ...]
    losses: str

    def number(self, value: str) -> float:
        """Return a rating as a number.

        Raises
        ------
        ValueError
            If it is not on the scale.
        """
        name = value.strip().upper()
        if name in self.numbers:
            return self.numbers[name]
        rating = float(name)
        if not self.bounds[0] <= rating <= self.bounds[1]:
            raise ValueError(f"{value} is not between {self.bounds[0]:g} and {self.bounds[1]:g}")
        return rating

    def label(self, rating: float) -> str:
        """Return the label of a mean rating."""
        return str(next((label for limit, label in self.cuts if rating < limit), self.cuts[-1][1]))


_INFINITY = float("inf")
_A, _G, _H = Label.AUTOMATABLE, Label.AUGMENTABLE, Label.HUMAN_ESSENTIAL

SCALES: dict[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale(
            "automation",
            "T0-T4, how much of the task a language model and its tools could do (Eloundou et al.)",
            {f"T{level}": float(level) for level in range(5)},
            (0, 4),
            ((0.5, _H), (2.5, _G), (_INFINITY, _A)),
            "T0 human-essential, T1-T2 augmentable, T3-T4 automatable; several ratings are averaged (half-way goes "
            "up). It rates what technology can do, not who should do it.",
        ),
        Scale(
            "agency",
            "H1-H5, how much human agency the task needs (WORKBank)",
            {f"H{level}": float(level) for level in range(1, 6)},
            (1, 5),
            ((2.5, _A), (3.5, _G), (_INFINITY, _H)),
            "mean rating below 2.5 automatable, below 3.5 augmentable, else human-essential; raters agree modestly "
            "(Krippendorff's alpha 0.5), so a mean of two is rough.",
        ),
        Scale(
            "exposure",
            "E0/E1/E2, exposure to language models: none, direct, with tools built on them (Eloundou et al.)",
            {"E0": 0.0, "E2": 1.0, "E1": 2.0},
            (0, 2),
            ((0.5, _H), (1.5, _G), (_INFINITY, _A)),
            "E0 human-essential, E2 augmentable, E1 automatable. There is no true map: exposure says what a model "
            "could touch, not who should do the task, and physical work that machines do counts as E0. Use the "
            "labels to compare, not to decide.",
        ),
        Scale(
            "ilo",
            "0-1, exposure to generative AI (ILO Working Paper 140)",
            {},
            (0, 1),
            ((0.25, _H), (0.6, _G), (_INFINITY, _A)),
            "below 0.25 human-essential, below 0.6 augmentable, else automatable; the cuts are a reading, not the "
            "ILO's, and the score is exposure, not assignment.",
        ),
        Scale(
            "substitution",
            "Substitution / Complementarity / Negligibility (Xu et al.)",
            {"SUBSTITUTION": 0.0, "COMPLEMENTARITY": 1.0, "NEGLIGIBILITY": 2.0},
            (0, 2),
            ((0.5, _A), (1.5, _G), (_INFINITY, _H)),
            "substitution automatable, complementarity augmentable, negligibility human-essential; negligible effect "
            "of a language model is not the same as need of a person.",
        ),
    )
}


@dataclass(frozen=True)
class ConvertedTask:
    """One task with the label that published ratings give it.

    Parameters
    ----------
    task, role : str
    label : str
    rating : float
        Mean rating on the scale's numbers.
    ratings : int
        How many ratings were averaged.
    """

    task: str
    role: str
    label: str
    rating: float
    ratings: int


def convert(
    rows: Sequence[tuple[str, str, Sequence[str]]], scale: Scale, *, lines: Sequence[int] | None = None
) -> list[ConvertedTask]:
    """Turn rated tasks into labelled ones; rows of one task and role are averaged.

    Parameters
    ----------
    rows : sequence of (task, role, ratings)
        Empty ratings are left out, and tasks without any.
    scale : Scale
    lines : sequence of int, optional
        Where each row stands in its file.

    Returns
    -------
    list of ConvertedTask
        In order of first appearance.

    Raises
    ------
    LabelledDataError
        If a rating is not on the scale, or no row has one.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for position, (task, role, ratings) in enumerate(rows):
        identity = (key(task), key(role))
        for rating in ratings:
            if not rating.strip():
                continue
            try:
                number = scale.number(rating)
            except ValueError as error:
                line = lines[position] if lines else position + 1
                raise LabelledDataError(
                    f"line {line}: {rating!r} is not on the {scale.name} scale ({scale.title}); name the right "
                    "--scale and --column"
                ) from error
            names.setdefault(identity, (task, role))
            found[identity].append(number)
    if not found:
        raise LabelledDataError("no row has a rating: name the column with --column")
    return [
        ConvertedTask(*names[identity], scale.label(fmean(numbers)), fmean(numbers), len(numbers))
        for identity, numbers in found.items()
    ]
