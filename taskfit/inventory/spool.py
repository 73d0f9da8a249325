"""Copies of what can be read only once, in a temporary file."""

from __future__ import annotations

import gzip
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from taskfit.errors import InventoryError

__all__ = ["open_file", "open_stdin"]

_GZIP_MAGIC = b"\x1f\x8b"
_BLOCK = 1 << 20


def open_stdin() -> IO[bytes]:
    """Return what stands in stdin, unpacked; encoding, columns and rows are read in separate passes."""
    if sys.stdin is None:
        raise InventoryError("stdin is closed: pipe an inventory in, or name a file")
    return _uncompressed(_spooled(sys.stdin.buffer.read, "stdin"), "stdin")


def open_file(path: Path) -> IO[bytes]:
    """Return a file, unpacked; a pipe is copied as stdin is."""
    if path.is_dir():
        raise InventoryError(f"{path} is a folder: name a file")
    try:
        stream: IO[bytes] = path.open("rb")
    except FileNotFoundError as error:
        raise InventoryError(f"no file {path}: check the name") from error
    except OSError as error:
        raise InventoryError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    if not stream.seekable():
        with stream:
            copy = _spooled(stream.read, str(path))
        stream = copy
    return _uncompressed(stream, str(path))


def _uncompressed(stream: IO[bytes], name: str) -> IO[bytes]:
    head = stream.read(len(_GZIP_MAGIC))
    stream.seek(0)
    if head != _GZIP_MAGIC:
        return stream
    # Unpacked once, as seeking back in gzip means unpacking again.
    with stream, gzip.GzipFile(fileobj=stream) as packed:
        return _spooled(packed.read, name, damaged="is no readable gzip file", hint="compress it again")


def _spooled(
    read: Callable[[int], bytes], name: str, *, damaged: str = "cannot be read", hint: str = "try again"
) -> IO[bytes]:
    spool: IO[bytes] | None = None
    try:
        spool = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 - the inventory closes it
        while block := _block(read, name, damaged, hint):
            spool.write(block)
        spool.seek(0)
    except BaseException as error:
        if spool is not None:
            spool.close()
        if isinstance(error, OSError):
            raise InventoryError(
                f"no room for a copy of {name} in the folder for temporary files ({error}): make room, or set TMPDIR"
            ) from error
        raise
    return spool


def _block(read: Callable[[int], bytes], name: str, damaged: str, hint: str) -> bytes:
    try:
        return read(_BLOCK)
    except (OSError, EOFError, zlib.error) as error:
        raise InventoryError(f"{name} {damaged} ({error}): {hint}") from error
