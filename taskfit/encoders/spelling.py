"""How is a slip of the fingers read? As the one word of the field that it misses by a letter.

A tokenizer breaks a mistyped word into pieces that mean nothing. Only words that neither the tokenizer nor the tasks
that were taught know are touched (Norvig 2007, "How to write a spelling corrector", with one edit and no guessing).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

__all__ = ["Spelling", "lexicon_of"]

_WORD = re.compile(r"[^\W\d_]+")
_ONE_WORD = re.compile(r"([^\w]*)([^\W\d_]+)([^\w]*)")

# Shorter words have too many neighbours.
_SHORTEST = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def lexicon_of(texts: Iterable[str]) -> str:
    """Return the words of texts, folded to lower case and sorted, in one line.

    Words that stand in one text only may be slips themselves, so it takes two.
    """
    counts = Counter(word for text in texts for word in set(_words(text)))
    return " ".join(sorted(word for word, count in counts.items() if count > 1))


class Spelling:
    """Mends slips.

    Parameters
    ----------
    lexicon : str
        Words that a slip may have meant, from `lexicon_of`.
    known : callable
        Tells whether a word is right although the lexicon does not have it; by default none is.
    """

    def __init__(self, lexicon: str, known: Callable[[str], bool] = lambda word: False) -> None:
        self._lexicon = frozenset(lexicon.split())
        self._known = known

    def mended(self, token: str) -> str:
        """Return a token between spaces as it was meant: marks around the word stay, its case is folded."""
        if not self._lexicon:
            return token
        found = _ONE_WORD.fullmatch(token)
        if found is None:
            return token
        word = found.group(2).lower()
        if len(word) < _SHORTEST or word in self._lexicon or not word.isascii() or self._known(word):
            return token
        meant = self._meant(word)
        return token if meant is None else found.group(1) + meant + found.group(3)

    def _meant(self, word: str) -> str | None:
        for slips in (_swapped_or_doubled(word), _missing(word)):
            candidates = sorted(set(slips) & self._lexicon)
            if candidates:
                return candidates[0] if len(candidates) == 1 else None
        return None


def _words(text: str) -> list[str]:
    return [word for word in (found.lower() for found in _WORD.findall(text)) if len(word) >= _SHORTEST]


def _swapped_or_doubled(word: str) -> list[str]:
    """Undo a swap of two letters, or a letter typed twice."""
    return [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :] if word[at] != word[at + 1] else word[:at] + word[at + 1 :]
        for at in range(len(word) - 1)
    ]


def _missing(word: str) -> list[str]:
    """Put a letter back inside the word."""
    return [word[:at] + letter + word[at:] for at in range(1, len(word)) for letter in _LETTERS]
