"""One place that turns failures into exit codes.

0 done; 1 a foreseen failure; 2 usage; 3 a bug; 4 a quality gate not met; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from taskfit.errors import TaskfitError

__all__ = ["BUG", "FAILED", "GATE", "INTERRUPTED", "boundary"]

FAILED, BUG, GATE, INTERRUPTED = 1, 3, 4, 130


@contextmanager
def boundary() -> Iterator[None]:
    """Report any failure in one line on stderr and exit with its code."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except TaskfitError as error:
        _stop(f"Error: {_one_line(error)}", FAILED)
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except KeyboardInterrupt:
        _stop("Interrupted: nothing was written; a score run from file to file goes on with --resume", INTERRUPTED)
    except MemoryError:
        _stop("Error: out of memory; score the inventory in parts, or as CSV instead of a workbook", FAILED)
    except Exception as error:
        if os.environ.get("TASKFIT_DEBUG"):
            raise
        kind = type(error).__name__
        _stop(f"Bug: {kind}: {_one_line(error)}; run again with TASKFIT_DEBUG=1 and report what it prints", BUG)


def _stop(message: str, code: int) -> None:
    click.echo(message, err=True)
    raise click.exceptions.Exit(code) from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
