"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from taskfit.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows, where nobody can take away a file that another program has open
    fcntl = None  # type: ignore[assignment]

__all__ = ["AtomicFile", "atomic_text", "is_stream", "let_go", "output_error"]


def is_stream(target: str | Path) -> bool:
    """Return whether a name is that of a pipe or device (``-`` too), which can neither be replaced nor read twice."""
    if str(target) == "-":
        return True
    try:
        mode = Path(target).stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


class AtomicFile:
    """A binary file that appears under its name when the context ends without an error.

    A link stays a link, and what it points to is replaced; a file that is replaced keeps its rights. Pipes and devices
    are written as the bytes come.

    Parameters
    ----------
    target : str or Path
        A path, or ``-`` for stdout.
    compress : bool
        Whether to write gzip.

    Raises
    ------
    OutputError
        On opening or closing, if it cannot be written.
    """

    def __init__(self, target: str | Path, *, compress: bool = False) -> None:
        self.target = str(target)
        self.compress = compress
        self.temporary: str | None = None
        self._raw: IO[bytes]

    def __enter__(self) -> IO[bytes]:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(kind, error, trace)

    def open(self) -> IO[bytes]:
        """Return the stream to write to."""
        if self.target == "-":
            self._raw = _stdout()
        elif is_stream(self.target):
            self._raw = self._open_stream(Path(self.target))
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

    def _open_stream(self, path: Path) -> IO[bytes]:
        try:
            return path.open("wb")
        except OSError as error:
            raise output_error(self.target, error) from error

    def _open_temporary(self, path: Path) -> IO[bytes]:
        try:
            if path.is_dir():
                raise OutputError(f"cannot write {path}: it is a folder; name a file")
            # A link would be replaced by the file itself.
            self._place = path.resolve()
            self._rights = _rights(self._place)
            name = str(self._place.with_name(f".{path.name}.part"))
            stream = _locked(name, 0o666 if self._rights is None else self._rights | stat.S_IWUSR)
        except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in a circle
            raise output_error(self.target, error) from error
        self.temporary = name
        return stream

    def _finish(self) -> None:
        if self.compress:
            self._gzip.close()
        self._raw.flush()
        if self.temporary is None:
            if self.target != "-":
                self._raw.close()
            return
        os.fsync(self._raw.fileno())
        if self._rights is not None:
            Path(self.temporary).chmod(self._rights)
        # Put in place while it is still locked, so that no other run takes it for one that was left behind.
        if fcntl is None:
            self._raw.close()  # type: ignore[unreachable]
        Path(self.temporary).replace(self._place)
        self.temporary = None
        self._raw.close()

    def _discard(self) -> None:
        if self.target != "-":
            with contextlib.suppress(OSError):  # what cannot be flushed is thrown away anyway
                self._raw.close()
        if self.temporary is None:
            return
        Path(self.temporary).unlink(missing_ok=True)
        self.temporary = None


@contextlib.contextmanager
def atomic_text(target: str | Path) -> Iterator[IO[str]]:
    """Open a UTF-8 text file that appears under its name when the context ends without an error.

    Parameters
    ----------
    target : str or Path
        A path, or ``-`` for stdout.

    Yields
    ------
    file
        Open for writing; line ends stay as they are, and what is no character becomes a question mark.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with AtomicFile(target) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
        try:
            yield text
            text.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(target, error) from error
        finally:
            let_go(text)


def let_go(text: io.TextIOWrapper) -> None:
    """Detach a text layer from its stream: stdout stays open, and a temporary file is the `AtomicFile`'s to close."""
    with contextlib.suppress(OSError, ValueError):  # what is left in the buffer of a failed stream is lost with it
        text.detach()


def output_error(target: Any, error: BaseException) -> OutputError:
    """Return the error for a target that cannot be written."""
    reason = getattr(error, "strerror", None) or str(error)
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    name = "stdout" if str(target) == "-" else target
    return OutputError(f"cannot write {name}: {reason}; {'make room or ' if full else ''}choose another place")


def _stdout() -> IO[bytes]:
    if sys.stdout is None:
        raise OutputError("cannot write stdout: it is closed; name a file with -o")
    return sys.stdout.buffer


def _rights(path: Path) -> int | None:
    """Return the rights of a file that is to be replaced, None if there is none; refuse one that is read-only."""
    if not path.exists():
        return None
    rights = stat.S_IMODE(path.stat().st_mode) & 0o777
    # Replacing a file needs no right to write it, and root has every right: the wish to keep it stands in its mode.
    if not rights & 0o222 or not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, "it is read-only")
    return rights


def _locked(name: str, rights: int) -> IO[bytes]:
    """Open a new file to write in; what a killed run left behind makes way, what another run is writing does not."""
    while True:
        try:
            stream = _opened(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights)
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError), _opened(name, os.O_WRONLY, rights):
                Path(name).unlink()
            continue
        if Path(name).exists() and os.path.samestat(os.fstat(stream.fileno()), Path(name).stat()):
            return stream
        stream.close()  # another run took it for left behind in the moment before it was locked


def _opened(name: str, flags: int, rights: int) -> IO[bytes]:
    stream = os.fdopen(os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), rights), "wb")
    try:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.close()
        raise OSError(errno.EBUSY, "another run is writing it") from error
    except OSError:
        pass  # a file system without locks
    return stream
