"""One place that turns failures into exit codes.

0 done; 1 a foreseen failure; 2 usage; 3 a bug; 4 a quality gate not met; 130 interrupted.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from taskfit.errors import TaskfitError

__all__ = ["BUG", "FAILED", "GATE", "INTERRUPTED", "boundary"]

FAILED, BUG, GATE, INTERRUPTED = 1, 3, 4, 130


@contextmanager
def boundary() -> Iterator[None]:
    """Report any failure in one line on stderr and exit with its code."""
    _replace_closed()
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except TaskfitError as error:
        _stop(f"Error: {_one_line(error)}", FAILED)
    except BrokenPipeError:
        # The reader has seen enough.
        _abandon()
        raise click.exceptions.Exit(0) from None
    except KeyboardInterrupt:
        _stop("Interrupted: nothing was written; a score run from file to file goes on with --resume", INTERRUPTED)
    except Exception as error:
        _report(error)


def _report(error: Exception) -> None:
    if isinstance(error, MemoryError):
        _stop("Error: out of memory; score the inventory in parts, or as CSV instead of a workbook", FAILED)
    if isinstance(error, OSError):  # what the machine refuses is no bug
        where = error.filename or "cannot read or write"
        _stop(f"Error: {where}: {error.strerror or _one_line(error)}; check that place and run again", FAILED)
    if os.environ.get("TASKFIT_DEBUG"):
        raise error
    kind = type(error).__name__
    _stop(f"Bug: {kind}: {_one_line(error)}; run again with TASKFIT_DEBUG=1 and report what it prints", BUG)


def _stop(message: str, code: int) -> None:
    with suppress(OSError):  # where nobody listens, the code still tells
        click.echo(message, err=True)
    _abandon()
    raise click.exceptions.Exit(code) from None


def _abandon() -> None:
    """Drop what stdout or stderr would not take: Python would complain once more when it flushes at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Closed(io.RawIOBase):
    """Stands for a stdout that is closed: whoever writes to it is told."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise OSError(errno.EBADF, "stdout is closed")


def _replace_closed() -> None:
    """Put something in place of standard streams that are closed (``>&-``).

    Without that, Python has None for them, and the next file that is opened gets their number, so that whatever a
    library prints ends up in it.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is None:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is that of the closed stream
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(_Closed(), write_through=True)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - stays open as stderr does


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
