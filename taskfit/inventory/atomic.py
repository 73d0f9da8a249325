"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from taskfit.errors import OutputError

__all__ = ["AtomicFile", "output_error"]


class AtomicFile:
    """A binary file that appears under its name when the context ends without an error.

    Parameters
    ----------
    target : str
        Path, or ``-`` for stdout, which is written as it comes.
    compress : bool
        Whether to write gzip.
    """

    def __init__(self, target: str, *, compress: bool = False) -> None:
        self.target = target
        self.compress = compress
        self.temporary: str | None = None
        self._raw: IO[bytes]

    def open(self) -> IO[bytes]:
        """Return the stream to write to."""
        if self.target == "-":
            self._raw = sys.stdout.buffer
        else:
            self._raw = self._open_temporary(Path(self.target))
        if not self.compress:
            return self._raw
        # No time stamp: the same rows give the same bytes.
        self._gzip = gzip.GzipFile(fileobj=self._raw, mode="wb", mtime=0, filename="")
        return cast(IO[bytes], self._gzip)

    def close(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Put the file in place, or after an error take every trace of it away."""
        try:
            if kind is None:
                self._finish()
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise output_error(self.target, failure) from failure
        finally:
            self._discard()

    def _open_temporary(self, path: Path) -> IO[bytes]:
        if path.is_dir():
            raise OutputError(f"cannot write {path}: it is a folder; name a file")
        try:
            handle, self.temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        except OSError as error:
            raise output_error(self.target, error) from error
        return os.fdopen(handle, "wb")

    def _finish(self) -> None:
        if self.compress:
            self._gzip.close()
        self._raw.flush()
        if self.temporary is None:
            return
        os.fsync(self._raw.fileno())
        self._raw.close()
        # mkstemp makes a private file; the result gets the rights that any new file has.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(self.temporary, 0o666 & ~mask)  # noqa: PTH101 - the name is a plain string
        Path(self.temporary).replace(self.target)
        self.temporary = None

    def _discard(self) -> None:
        if self.temporary is None:
            return
        with contextlib.suppress(OSError):  # what cannot be flushed is thrown away anyway
            self._raw.close()
        Path(self.temporary).unlink(missing_ok=True)
        self.temporary = None


def output_error(target: Any, error: OSError) -> OutputError:
    """Return the error for a target that cannot be written."""
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {target}: {reason}; nothing was left behind, choose another place")
