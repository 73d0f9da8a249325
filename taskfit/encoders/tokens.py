"""How does text become tokens? The tokenizer of an encoder with its limit, shared by every encoder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from taskfit.encoders.spelling import Spelling
from taskfit.errors import EncoderError
from taskfit.text import bare, normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TokenEncoder", "Tokens"]

#: Upper bound on the characters of one token: longer text is cut before the tokeniser sees it, so that a cell of
#: a megabyte costs no more than a long sentence.
_CHARACTERS_PER_TOKEN = 24

#: Words whose tokens are remembered; beyond it memory starts afresh.
_REMEMBERED = 200_000


@dataclass(frozen=True)
class Tokens:
    """A tokenizer.

    Parameters
    ----------
    tokenizer : str
        The ``tokenizer.json`` of the tokenizers library.
    max_tokens : int
        Longer texts are cut to this many tokens.
    lexicon : str
        Words that a mistyped word may have meant; see `taskfit.encoders.spelling`.
    """

    tokenizer: str
    max_tokens: int
    lexicon: str = ""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Tokens:
        """Read what an encoder's ``tokenizer.json`` and ``encoder.json`` say of its tokens."""
        config = json.loads(files["encoder.json"])
        return cls(files["tokenizer.json"].decode("utf-8"), int(config["max_tokens"]), str(config.get("lexicon", "")))

    def config(self) -> dict[str, Any]:
        """Return what belongs in ``encoder.json``."""
        return {"max_tokens": self.max_tokens, "lexicon": self.lexicon}

    @cached_property
    def fingerprint(self) -> str:
        """Digest of tokenizer, limit and lexicon."""
        return hashlib.sha256(f"{self.max_tokens},{self.lexicon},{self.tokenizer}".encode()).hexdigest()

    @property
    def vocabulary(self) -> int:
        """How many different tokens there are."""
        return int(self.library.get_vocab_size())

    def __getstate__(self) -> dict[str, object]:
        # Memory and library are built again on first use in another process.
        return {"tokenizer": self.tokenizer, "max_tokens": self.max_tokens, "lexicon": self.lexicon}

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, with the marks of begin and end; texts are normalised first.

        The tokenizer reads words apart from each other, so each is read once and remembered: inventories repeat words.
        """
        words = [self._cut(text).split() for text in texts]
        known = self._pieces
        new = list({word for line in words for word in line if word not in known})
        if len(known) + len(new) > _REMEMBERED:
            # Another memory, not an emptied one: another thread may be reading from this one.
            known = self.__dict__["_pieces"] = {}
            new = list({word for line in words for word in line})
        if new:
            read = self.library.encode_batch_fast(
                [self._spelling.mended(word) for word in new], add_special_tokens=False
            )
            known.update(zip(new, (encoding.ids for encoding in read), strict=True))
        begin, end = self._marks
        room = self.max_tokens - 2
        lines = (list(chain.from_iterable(map(known.__getitem__, line))) for line in words)
        return [[begin, *pieces[:room], end] for pieces in lines]

    def truncated(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which texts are longer than is read, as an array of shape (len(texts),)."""
        flags = np.zeros(len(texts), dtype=np.bool_)
        # A token is at least one character, so shorter texts need no look.
        long = [row for row, text in enumerate(texts) if len(text) > self.max_tokens - 2]
        for row in long:
            text = normalise(texts[row])
            encoding = self.library.encode(self._cut(text))
            flags[row] = bool(encoding.overflowing) or len(text) > self.max_tokens * _CHARACTERS_PER_TOKEN
        return flags

    @cached_property
    def _pieces(self) -> dict[str, list[int]]:
        return {}

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.lexicon, lambda word: self.library.token_to_id(word) is not None)

    @cached_property
    def _marks(self) -> tuple[int, int]:
        begin, end = self.library.encode("").ids
        return begin, end

    @cached_property
    def library(self) -> Any:
        """The ``tokenizers.Tokenizer``.

        Raises
        ------
        EncoderError
            If it cannot be read.
        """
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_str(self.tokenizer)
        except Exception as error:  # the library raises bare Exception
            raise EncoderError(f"the encoder's tokenizer cannot be read ({error}); install the model again") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.max_tokens)
        return tokenizer

    def _cut(self, text: str) -> str:
        # Twice the bound, so that white space folded away does not eat into the limit.
        limit = self.max_tokens * _CHARACTERS_PER_TOKEN
        return bare(text[: 2 * limit])[:limit]


class TokenEncoder:
    """What encoders that read tokens share: a tokenizer, and to be one thing wherever they travel.

    A subclass is a frozen dataclass with `tokens`; `_BUILT` names what it builds on first use.
    """

    tokens: Tokens

    #: Attributes that are built on first use and do not travel to another process.
    _BUILT: ClassVar[frozenset[str]] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Digest of everything that decides the vectors."""
        raise NotImplementedError

    def truncated(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which texts are longer than the encoder reads, as an array of shape (len(texts),)."""
        return self.tokens.truncated(texts)

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        # Immutable, and scikit-learn's clone copies parameters: share it.
        return self

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in self._BUILT}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.fingerprint == self.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(fingerprint={self.fingerprint!r})"
