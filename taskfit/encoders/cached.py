"""Vectors kept on disk between runs. A broken cache costs speed, never correctness.

One SQLite file an encoder, named after its fingerprint, which is checked again inside: vectors that another encoder
made are never used. Keys are digests of texts, so the file holds no text; a vector still tells something of its text,
which is why nothing is kept unless the user asks for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.text import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taskfit.encoders.joint import JointEncoder
    from taskfit.encoders.onnx import OnnxEncoder
    from taskfit.encoders.static import StaticEncoder
    from taskfit.encoders.tokens import Tokens

__all__ = ["MAX_BYTES", "CachedEncoder"]

#: Size of one cache file beyond which the oldest vectors go, about 650,000 of 384 dimensions.
MAX_BYTES = 1_000_000_000

_ASKED = 500  # keys in one query; SQLite allows 999 parameters in its oldest builds
_WAIT = 30.0  # seconds to wait for another process that writes


class CachedEncoder:
    """An encoder that looks vectors up before it computes them.

    Parameters
    ----------
    encoder : OnnxEncoder, JointEncoder or StaticEncoder
    folder : str or Path
        Where the cache lies; made if it is not there.
    max_bytes : int
        Bound of the file's size.

    Attributes
    ----------
    problem : str
        Why the cache is not used; empty if it is.
    """

    def __init__(
        self, encoder: OnnxEncoder | JointEncoder | StaticEncoder, folder: str | Path, max_bytes: int = MAX_BYTES
    ) -> None:
        self.encoder = encoder
        self.folder = Path(folder)
        self.max_bytes = max_bytes
        self.problem = ""

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        """Digest of the encoder itself: caching changes no vector."""
        return self.encoder.fingerprint

    @property
    def tokens(self) -> Tokens:
        """How the encoder reads texts."""
        return self.encoder.tokens

    @property
    def path(self) -> Path:
        """The file of this encoder's vectors."""
        return self.folder / f"{self.fingerprint}.sqlite"

    def files(self) -> dict[str, bytes]:
        """Return the encoder as files."""
        return self.encoder.files()

    def truncated(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which texts are longer than the encoder reads."""
        return self.encoder.truncated(texts)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimension), the same as without a cache."""
        keys = [hashlib.sha256(normalise(text).encode("utf-8")).digest()[:16] for text in texts]
        known = self._look_up(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            computed = dict(zip(new, self.encoder.encode(list(new.values())), strict=True))
            self._keep(computed)
            known |= computed
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found: dict[bytes, NDArray[np.float32]] = {}
        distinct = list(dict.fromkeys(keys))
        if not self.problem and not self.path.exists():
            return found
        with self._connection(self._open_to_read) as connection:
            for start in range(0, len(distinct), _ASKED):
                asked = distinct[start : start + _ASKED]
                marks = ",".join("?" * len(asked))
                for key, blob in connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", asked):
                    vector = _unpacked(blob, self.dimension)
                    if vector is not None:
                        found[key] = vector
        return found

    def _keep(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        with self._connection(self._open_to_write) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)",
                [(key, _packed(vector)) for key, vector in vectors.items()],
            )
            room = max(1, self.max_bytes // (4 * self.dimension + 60))
            connection.execute("DELETE FROM vectors WHERE number <= (SELECT MAX(number) FROM vectors) - ?", (room,))
            connection.execute("COMMIT")

    @contextlib.contextmanager
    def _connection(self, opened: Callable[[], sqlite3.Connection | None]) -> Iterator[Any]:
        """Give a connection; after a failure note it and go on without the cache."""
        connection: sqlite3.Connection | None = None
        if self.problem:
            yield _Nothing()
            return
        try:
            connection = opened()
            yield _Nothing() if connection is None else connection
        except (sqlite3.Error, OSError) as error:
            self.problem = f"the cache in {self.path} is not used ({error}); delete the file to start it afresh"
            if connection is None:
                yield _Nothing()
        finally:
            if connection is not None:
                connection.close()

    def _open_to_read(self) -> sqlite3.Connection | None:
        """Open a file that is there and lock nobody out; None if another process has only just made it."""
        # Not read-only: what a killed process left half written must be taken back first.
        connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=rw", _WAIT, isolation_level=None, uri=True)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone() is None:
                connection.close()
                return None
            self._check_maker(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_to_write(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        try:
            # Not WAL: the change to it fails at once, without waiting, where another process has just opened the file.
            connection.execute("PRAGMA synchronous=OFF")  # losing the cache in a power cut costs only speed
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE IF NOT EXISTS maker (fingerprint TEXT PRIMARY KEY)")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB UNIQUE, vector BLOB)"
            )
            connection.execute("INSERT INTO maker SELECT ? WHERE NOT EXISTS (SELECT 1 FROM maker)", (self.fingerprint,))
            connection.execute("COMMIT")
            self._check_maker(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_maker(self, connection: sqlite3.Connection) -> None:
        (maker,) = connection.execute("SELECT fingerprint FROM maker").fetchone()
        if maker != self.fingerprint:
            raise sqlite3.DatabaseError(f"it holds vectors of encoder {maker}, not of {self.fingerprint}")


class _Nothing:
    """Stands in for a connection that could not be made."""

    def execute(self, *_: Any) -> tuple[()]:
        return ()

    executemany = execute


def _packed(vector: NDArray[np.float32]) -> bytes:
    content = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    return zlib.crc32(content).to_bytes(4, "little") + content


def _unpacked(blob: bytes, dimension: int) -> NDArray[np.float32] | None:
    content = blob[4:]
    if len(content) != 4 * dimension or zlib.crc32(content).to_bytes(4, "little") != blob[:4]:
        return None
    return np.frombuffer(content, dtype="<f4").astype(np.float32)
