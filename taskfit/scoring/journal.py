"""How does a killed run go on? Answers are written down chunk by chunk, and read back instead of being computed again.

The journal holds what the model said of each chunk's new tasks, not the output: so any output format can be resumed,
and the finished file is the same to the last byte as that of a run that was never interrupted.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from taskfit.errors import InventoryError, OutputError
from taskfit.inventory import is_stream

__all__ = ["Journal", "digest_of"]

_BLOCK = 1 << 20


def digest_of(path: str | Path) -> str:
    """Return the SHA-256 of a file; of a pipe, which cannot be read twice, something that no other run has.

    Raises
    ------
    InventoryError
        If it cannot be read.
    """
    if is_stream(path):
        return uuid.uuid4().hex
    digest = hashlib.sha256()
    try:
        with Path(path).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise InventoryError(f"{path} cannot be read a second time: {error.strerror or error}") from error
    return digest.hexdigest()


class Journal:
    """Answers of a run, beside its output.

    Parameters
    ----------
    output : str
        The file that is being written; the journal lies beside it. A pipe or a device has none.
    identity : mapping
        Everything that decides the answers: input, model, options. A journal of another identity, or of another version
        of taskfit, is refused.
    resume : bool
        Whether to go on from a journal that is there; else it is begun anew.

    Raises
    ------
    OutputError
        If it cannot be written, or belongs to another input, model or option.
    """

    def __init__(self, output: str, identity: Mapping[str, Any], *, resume: bool) -> None:
        self.path = self.beside(output)
        self._identity = {**identity, "version of taskfit": version("taskfit")}
        self._answers: list[list[tuple[Any, ...]]] = self._read() if resume and self.path.exists() else []
        self._taken, self._kept = 0, len(self._answers)
        self._file = Path(os.devnull).open("ab") if is_stream(output) else self._begin()  # noqa: SIM115

    @staticmethod
    def beside(output: str) -> Path:
        """Return where the journal of an output lies."""
        return Path(f"{output}.journal")

    @property
    def chunks(self) -> int:
        """Chunks that need not be computed again."""
        return len(self._answers)

    def take(self) -> list[tuple[Any, ...]] | None:
        """Return the answers to the next chunk's new tasks, or None if they have to be computed."""
        if self._taken >= len(self._answers):
            return None
        self._taken += 1
        return self._answers[self._taken - 1]

    def add(self, answers: Sequence[tuple[Any, ...]]) -> None:
        """Write the answers to a chunk's new tasks down.

        Raises
        ------
        OutputError
            If there is no room for them.
        """
        try:
            self._file.write(_line(list(answers)))
            self._file.flush()
        except OSError as error:
            raise OutputError(
                f"cannot write {self.path}: {error.strerror or error}; make room, or choose another place"
            ) from error
        self._kept += 1

    def close(self, *, done: bool) -> None:
        """Close the journal; a finished run needs it no more, and an empty one is of no use."""
        with suppress(OSError):  # an answer that could not be written is computed again
            self._file.close()
        if done or not self._kept:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(done=kind is None)

    def _read(self) -> list[list[tuple[Any, ...]]]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except OSError as error:
            raise OutputError(f"{self.path} cannot be read: {error.strerror}; run without --resume") from error
        entries = []
        for line in lines[:-1]:  # a line that was cut off in the middle has no end
            entry = _entry(line)
            if entry is None:
                break
            entries.append(entry)
        if not entries:
            return []
        found = entries[0]
        if found != self._identity:
            changed = [name for name in self._identity if found.get(name) != self._identity[name]]
            raise OutputError(
                f"{self.path} belongs to a run with another {', '.join(changed) or 'setting'}: run without --resume to "
                "start afresh"
            )
        return [[tuple(cells) for cells in entry] for entry in entries[1:]]

    def _begin(self) -> IO[bytes]:
        # What is already there must survive a second kill: the new file takes the old one's place in one step.
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            with fresh.open("wb") as file:
                file.write(_line(self._identity))
                file.writelines(_line(answers) for answers in self._answers)
            fresh.replace(self.path)
            return self.path.open("ab")
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise OutputError(
                f"cannot write {self.path}: {error.strerror or error}; choose another place for the output"
            ) from error


def _line(entry: Any) -> bytes:
    content = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return f"{zlib.crc32(content):08x} ".encode() + content + b"\n"


def _entry(line: bytes) -> Any:
    mark, _, content = line.partition(b" ")
    if f"{zlib.crc32(content):08x}".encode() != mark:
        return None
    return json.loads(content)
