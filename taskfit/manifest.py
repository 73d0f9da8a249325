"""May this folder be loaded? What a model's manifest must say, checked before anything is built."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from taskfit.errors import BundleDamagedError, BundleFormatError
from taskfit.labels import LABELS, schema_hash

__all__ = [
    "ENCODER",
    "EXAMPLES",
    "EXAMPLE_VECTORS",
    "FAST_ENCODER",
    "FAST_HEAD",
    "FILES",
    "FOREIGN_HEAD",
    "FORMAT",
    "HEAD",
    "LAYOUT",
    "MANIFEST",
    "SELF_TEST",
    "TIERS",
    "WORDS",
    "inspect",
    "read_verified",
    "verify",
]

#: Number of the bundle format. Raise it when an older taskfit could not read a new bundle correctly:
#: (1) change the layout below, (2) raise this number, (3) keep reading the old number in `load` or say in the error
#: how to retrain, (4) describe the change in models/README.md, (5) add a bundle of the old number to the tests.
FORMAT = 3

# Format 1 kept the vectors of the examples in 8 bits; up to format 2 networks multiplied in floats.
_READ = (1, 2, FORMAT)

MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 4_000_000
_MAX_FILE_BYTES = 2_000_000_000
#: The tiers by name, the default one first.
TIERS = ("accurate", "fast")

HEAD, FOREIGN_HEAD, EXAMPLES = "head.npz", "head.joblib", "examples.json"
EXAMPLE_VECTORS = "examples.npz"
ENCODER = tuple(f"encoder/{name}" for name in ("encoder.json", "graph.onnx", "tokenizer.json", "weights.npz"))
WORDS = "encoder/words.npz"  # not in every model
FAST_ENCODER = tuple(f"fast/{name}" for name in ("encoder.json", "table.npz", "tokenizer.json"))
FAST_HEAD = "fast/head.npz"

#: The files that each tier may read.
FILES = {
    "accurate": frozenset({*ENCODER, WORDS, HEAD, FOREIGN_HEAD, EXAMPLES, EXAMPLE_VECTORS}),
    "fast": frozenset({*FAST_ENCODER, FAST_HEAD}),
}

#: Every file that a bundle may hold; anything else is refused.
LAYOUT = frozenset().union(*FILES.values())

# What a manifest's facts are, where it has them.
_KINDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "data": (dict,),
    "training": (dict,),
    "protocol": (str,),
    "figures": (list,),
    "policies": (dict,),
    "profile": (dict,),
    "familiar": (int, float),
    "reads_roles": (bool,),
}

#: Texts whose probabilities the manifest records, so that `taskfit models verify` can tell whether they come again.
SELF_TEST = (
    "Match supplier invoices to purchase orders",
    "Draft the quarterly report for the finance director to check",
    "Sit with a grieving family and explain what happens next",
)


def inspect(folder: str | Path) -> dict[str, Any]:
    """Read a bundle's manifest and check that this version can use it; nothing else is opened.

    Raises
    ------
    BundleFormatError
        If it is no bundle, or its format or label schema is another one.
    """
    path = Path(folder) / MANIFEST
    try:
        if path.stat().st_size > _MAX_MANIFEST_BYTES:
            raise BundleFormatError(f"{path} is over {_MAX_MANIFEST_BYTES:,} bytes: not a taskfit bundle")
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleFormatError(f"{folder} has no {MANIFEST}: not a taskfit bundle") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BundleFormatError(f"{path} cannot be read ({error}): not a taskfit bundle, or damaged") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise BundleFormatError(f"{path} lists no files: not a taskfit bundle")
    _check_format(manifest, path)
    _check_names(manifest["files"], path)
    _check_facts(manifest, path)
    return manifest


def verify(folder: str | Path) -> dict[str, Any]:
    """Check every file of a bundle against its manifest, without building anything.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    BundleDamagedError
        If a file is missing, of another size or of another digest.
    BundleFormatError
        As for `inspect`.
    """
    manifest = inspect(folder)
    for name in manifest["files"]:
        read_verified(Path(folder), name, manifest)
    return manifest


def read_verified(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """Return one file of a bundle, checked.

    Raises
    ------
    BundleDamagedError
        If it is missing, of another size or of another digest.
    """
    path, expected = folder / name, manifest["files"][name]
    try:
        size = path.stat().st_size
        if size != expected["bytes"]:
            raise BundleDamagedError(
                f"{path} has {size:,} bytes instead of {expected['bytes']:,}: install or train the model again"
            )
        content = path.read_bytes()
    except OSError as error:
        raise BundleDamagedError(f"{path} cannot be read ({error}): install or train the model again") from error
    if hashlib.sha256(content).hexdigest() != expected.get("sha256"):
        raise BundleDamagedError(f"{path} was changed after the model was made: install or train the model again")
    return content


def _check_format(manifest: Mapping[str, Any], path: Path) -> None:
    number = manifest.get("format")
    if type(number) is not int or number not in _READ:  # true and 1.0 equal 1 too
        advice = "update taskfit" if type(number) is int and number > FORMAT else "train it again"
        raise BundleFormatError(
            f"{path} has bundle format {number!r}, this taskfit reads {' and '.join(map(str, _READ))}: {advice}"
        )
    if manifest.get("schema") != schema_hash():
        raise BundleFormatError(
            f"{path} was made for label schema {manifest.get('schema')!r}, this taskfit has {schema_hash()!r}: "
            "labels or rubric changed; train it again, or use the taskfit version that made it"
        )


def _check_names(files: Mapping[str, Any], path: Path) -> None:
    strangers = sorted(set(files) - LAYOUT)
    if strangers:
        raise BundleFormatError(f"{path} names a file that no bundle has, {strangers[0]!r}: not a taskfit bundle")
    missing = sorted(set(ENCODER) - set(files))
    if missing or not ({HEAD, FOREIGN_HEAD} & set(files)):
        raise BundleFormatError(f"{path} lacks {', '.join(missing) or HEAD}: not a complete bundle")
    half = sorted(FILES["fast"] - set(files))
    if half and len(half) < len(FILES["fast"]):
        raise BundleFormatError(f"{path} lacks {', '.join(half)}: not a complete bundle")
    for name, entry in files.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("bytes"), int):
            raise BundleFormatError(f"{path} gives no size for {name}: not a taskfit bundle")
        if not 0 <= entry["bytes"] <= _MAX_FILE_BYTES:
            raise BundleFormatError(f"{path} gives {name} {entry['bytes']:,} bytes: not a taskfit bundle")


def _check_facts(manifest: Mapping[str, Any], path: Path) -> None:
    """Refuse facts of another kind than `save` writes; a fact that is not there is not needed."""
    for name, kinds in _KINDS.items():
        value = manifest.get(name)
        # A truth value is a whole number to Python.
        if value is not None and (not isinstance(value, kinds) or (bool not in kinds and isinstance(value, bool))):
            raise BundleFormatError(f"{path} gives {name} as {value!r:.40}: not a taskfit bundle, or damaged")
    tiers, files = manifest.get("tiers"), set(manifest["files"])
    expected = [name for name, last in zip(TIERS, (ENCODER[0], FAST_HEAD), strict=True) if last in files]
    if not isinstance(tiers, dict) or sorted(tiers) != expected or not all(map(_is_tier, tiers.values())):
        raise BundleFormatError(f"{path} does not describe its tiers ({', '.join(expected)}): not a complete bundle")


def _is_tier(facts: Any) -> bool:
    """Tell whether a tier's facts are of the kind that `_tier_facts` returns."""
    if not isinstance(facts, dict) or not isinstance(facts.get("dimension"), int):
        return False
    try:
        recorded = np.asarray(facts.get("self_test"), dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return isinstance(facts.get("fingerprint"), str) and recorded.shape == (len(SELF_TEST), len(LABELS))
