"""How does text become vectors? One interface, one file an encoder."""

from __future__ import annotations

from functools import cache

from taskfit.encoders.cached import CachedEncoder
from taskfit.encoders.interface import Encoder
from taskfit.encoders.joint import JointEncoder
from taskfit.encoders.memo import MemoEncoder
from taskfit.encoders.onnx import OnnxEncoder
from taskfit.encoders.static import StaticEncoder
from taskfit.errors import EncoderError
from taskfit.shipped import DEFAULT_MODEL, model_folders

__all__ = [
    "CachedEncoder",
    "Encoder",
    "JointEncoder",
    "MemoEncoder",
    "OnnxEncoder",
    "StaticEncoder",
    "read_encoder",
    "shipped_encoder",
]

# Folder of the accurate tier's encoder inside a model bundle.
_FOLDER = "encoder"


@cache
def read_encoder(model: str) -> OnnxEncoder:
    """Return the transformer of a shipped model, read once a process; heads of one's own need no words of others.

    Raises
    ------
    EncoderError
        If no model of that name is shipped.
    """
    folder = model_folders().get(model)
    if folder is None:
        known = ", ".join(model_folders()) or "none"
        raise EncoderError(f"no shipped model {model!r} (shipped: {known}); install taskfit again")
    return OnnxEncoder.from_files({path.name: path.read_bytes() for path in sorted((folder / _FOLDER).iterdir())})


def shipped_encoder() -> OnnxEncoder:
    """Return the encoder of the default shipped model."""
    return read_encoder(DEFAULT_MODEL)
