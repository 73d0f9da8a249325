"""A stream that never fails on the way, for libraries that take a failed write badly."""

from __future__ import annotations

from typing import IO

__all__ = ["Sink"]


class Sink:
    """Write to a stream; after its first failure, which is kept, to nowhere.

    One library prints alarming words of its own when a write fails, another leaves its archive half open.

    Parameters
    ----------
    stream : file
        Binary, open for writing.

    Attributes
    ----------
    failure : Exception or None
        What went wrong; whoever owns the stream looks and raises it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._position = 0
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        """Write bytes, or drop them."""
        if self.failure is None:
            try:
                self._stream.write(data)
            except (OSError, ValueError) as error:  # ValueError: it is closed
                self.failure = error
        self._position += len(data)
        return len(data)

    def seek(self, position: int, whence: int = 0) -> int:
        """Go to a place counted from the start, or by `whence` from where the stream is or ends."""
        if self.failure is None:
            try:
                position = self._stream.seek(position, whence)
            except (OSError, ValueError) as error:  # ValueError: it is closed
                self.failure = error
        self._position = position
        return position

    def tell(self) -> int:
        """Return where the next byte goes."""
        return self._position

    def flush(self) -> None:
        """Leave that to whoever owns the stream."""
