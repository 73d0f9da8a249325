"""Where are the models that come with taskfit? In the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DEFAULT_MODEL", "model_folders"]

#: Name of the model that is used unless another is asked for.
DEFAULT_MODEL = "base"

_PACKAGE = Path(__file__).parent
# The first that exists: the build copies models/ into the package; a checkout keeps it at the top.
_PLACES = (_PACKAGE / "_models", _PACKAGE.parent / "models")


def model_folders() -> dict[str, Path]:
    """Return the shipped models: name and folder, sorted by name."""
    for place in _PLACES:
        if place.is_dir():
            return {path.parent.name: path.parent for path in sorted(place.glob("*/manifest.json"))}
    return {}
