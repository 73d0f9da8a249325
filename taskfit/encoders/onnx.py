"""A transformer sentence encoder run by ONNX Runtime, without torch.

Each text's vector is bitwise the same whatever else is encoded beside it. Three habits give that: texts are
batched with texts of their own token length, so there is no padding; every run uses one thread, so the order of
summation never depends on the batch (several runs go side by side instead); and token vectors are pooled here, in
double precision, because a runtime picks its reduction by the shape of the batch. `taskfit.encoders.integers` says how
products in 8 bits keep the habit.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from taskfit.encoders.rounding import rounded
from taskfit.encoders.tokens import TokenEncoder, Tokens
from taskfit.errors import EncoderError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PROBE", "OnnxEncoder", "dequantise", "quantise", "start"]

#: Texts of one length that go through the network together. Larger batches gain nothing on a processor.
BATCH_SIZE = 16

#: The output of a network in integers that is 1 where the processor multiplies 8 bits without overflow.
PROBE = "int8/probe"

_SCALE_SUFFIX = "#scale"


def quantise(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Store large matrices as 8-bit integers with one scale a channel.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Network weights by name. Matrices of floats of over 100,000 values are quantised, an embedding table by row
        and any other matrix by column; the rest is kept.

    Returns
    -------
    dict of str to ndarray
        ``name`` holds the integers and ``name#scale`` their scales, a quarter of the size.
    """
    stored: dict[str, NDArray[Any]] = {}
    for name, values in weights.items():
        if values.ndim != 2 or values.size < 100_000 or values.dtype == np.int8:
            stored[name] = values
            continue
        stored[name], stored[name + _SCALE_SUFFIX] = rounded(values, axis=1 if "embeddings" in name else 0)
    return stored


def dequantise(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the weights that `quantise` stored, as 32-bit floats."""
    return {
        name: values.astype(np.float32) * stored[name + _SCALE_SUFFIX] if name + _SCALE_SUFFIX in stored else values
        for name, values in stored.items()
        if not name.endswith(_SCALE_SUFFIX)
    }


@dataclass(frozen=True, eq=False, repr=False)
class OnnxEncoder(TokenEncoder):
    """Mean-pooled, length-1 sentence vectors from a transformer in ONNX form.

    Parameters
    ----------
    graph : bytes
        The network without its weights: ``input_ids`` (batch, tokens) in, token vectors (batch, tokens,
        dimension), called ``token_vectors``, out. Its large initializers are external and named like `weights`.
    weights : mapping of str to ndarray
        As `quantise` returns them.
    tokens : Tokens
        How texts are read.
    dimension : int
        Length of one vector.
    """

    graph: bytes
    weights: Mapping[str, NDArray[Any]]
    tokens: Tokens
    dimension: int

    _BUILT: ClassVar[frozenset[str]] = frozenset({"_session"})

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> OnnxEncoder:
        """Build an encoder from what `files` returned.

        Raises
        ------
        EncoderError
            If a part is missing or unreadable.
        """
        try:
            config = json.loads(files["encoder.json"])
            with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as archive:
                weights = {name: archive[name] for name in archive.files}
            return cls(files["graph.onnx"], weights, Tokens.from_files(files), int(config["dimension"]))
        except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise EncoderError(f"the encoder's files cannot be read ({error}); install the model again") from error

    def files(self) -> dict[str, bytes]:
        """Return the encoder as files: names and contents; arrays and JSON only."""
        config = {"kind": "onnx", "dimension": self.dimension, **self.tokens.config()}
        weights = io.BytesIO()
        np.savez(weights, **self.weights)  # type: ignore[arg-type]
        return {
            "encoder.json": (json.dumps(config, indent=2) + "\n").encode("utf-8"),
            "graph.onnx": self.graph,
            "tokenizer.json": self.tokens.tokenizer.encode("utf-8"),
            "weights.npz": weights.getvalue(),
        }

    @cached_property
    def fingerprint(self) -> str:
        """Digest of graph, weights, tokenizer and limits."""
        digest = hashlib.sha256(self.graph)
        digest.update(f"{self.dimension},{self.tokens.fingerprint}".encode())
        for name in sorted(self.weights):
            digest.update(name.encode("utf-8"))
            digest.update(np.ascontiguousarray(self.weights[name]).tobytes())
        return digest.hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : sequence of str
            Task descriptions; they are normalised first.

        Returns
        -------
        ndarray of shape (len(texts), dimension)
            Unit vectors of 32-bit floats, bitwise independent of the other texts.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if len(texts) == 0:
            return vectors
        tokens = self.tokens.ids(texts)
        batches = list(_batches_of_equal_length(tokens))
        # Longest first, so that no thread is left alone with a long batch at the end.
        for rows, pooled in self._map(batches, tokens):
            vectors[rows] = pooled
        return vectors

    def _map(
        self, batches: list[list[int]], tokens: list[list[int]]
    ) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
        def run(rows: list[int]) -> tuple[list[int], NDArray[np.float64]]:
            ids = np.array([tokens[row] for row in rows], dtype=np.int64)
            (hidden,) = self._session.run(["token_vectors"], {"input_ids": ids})
            pooled = hidden.mean(axis=1, dtype=np.float64)
            return rows, pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

        threads = min(len(batches), _threads())
        if threads == 1:
            yield from map(run, batches)
            return
        _ = self._session  # built once, before the threads race for it
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(run, batches)

    @cached_property
    def _session(self) -> Any:
        try:
            return start(self.graph, dequantise(self.weights))
        except EncoderError:  # it says itself what is wrong
            raise
        except Exception as error:  # the runtime raises its own private classes
            raise EncoderError(f"the encoder's network cannot be built ({error}); install the model again") from error


def start(graph: bytes, weights: Mapping[str, NDArray[Any]]) -> Any:
    """Return an ``onnxruntime.InferenceSession`` of a network and its weights, of one thread."""
    for exactly in (False, True):
        session = _session(graph, weights, exactly)
        if PROBE not in [output.name for output in session.get_outputs()]:
            return session  # it multiplies in floats
        (largest,) = session.run([PROBE], {"input_ids": np.zeros((1, 1), dtype=np.int64)})
        if np.allclose(largest, 1):
            return session
    raise EncoderError("this processor multiplies 8-bit integers wrongly")


def _session(graph: bytes, weights: Mapping[str, NDArray[Any]], exactly: bool) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Processors without instructions for 8-bit products overflow; this way does not. It is slower on all processors,
    # also on those that need it not, hence the probe.
    options.add_session_config_entry("session.x64quantprecision", str(int(exactly)))
    # The graph names its weights; handing them over in memory means that no file path is ever followed.
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _threads() -> int:
    """Return how many runs may go side by side: as many as processors, or as OMP_NUM_THREADS says."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return int(wanted) if wanted.isdigit() and int(wanted) > 0 else os.cpu_count() or 1


def _batches_of_equal_length(tokens: list[list[int]]) -> Iterator[list[int]]:
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, ids in enumerate(tokens):
        by_length[len(ids)].append(row)
    for length in sorted(by_length, reverse=True):
        rows = by_length[length]
        for start in range(0, len(rows), BATCH_SIZE):
            yield rows[start : start + BATCH_SIZE]
