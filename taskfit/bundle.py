"""How is a model kept? A folder of arrays and JSON that runs no code when it is loaded.

A model has one or two tiers: ``accurate``, a transformer, and ``fast``, static vectors that were taught by it. A tier
is an encoder with its heads; only the files of the tier that is asked for are read.

``manifest.json`` names every file with its size and SHA-256. Loading inspects the manifest, verifies every file and
only then builds anything. A head that taskfit did not fit (any scikit-learn classifier over the same vectors) is kept
with joblib, which can run code: such a bundle loads only where the caller says that it is trusted.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from taskfit.conformal import LabelSets
from taskfit.encoders import JointEncoder, StaticEncoder
from taskfit.errors import BundleDamagedError, BundleError, BundleFormatError, BundleTrustError, OutputError
from taskfit.explain import Examples
from taskfit.heads import DriverHead, LabelHead
from taskfit.labels import LABELS, schema_hash
from taskfit.shipped import DEFAULT_MODEL, model_folders
from taskfit.tier import ForeignHead, Tier

__all__ = ["FORMAT", "TIERS", "Bundle", "find", "inspect", "load", "save", "verify"]

#: Number of the bundle format. Raise it when an older taskfit could not read a new bundle correctly:
#: (1) change the layout below, (2) raise this number, (3) keep reading the old number in `load` or say in the error
#: how to retrain, (4) describe the change in models/README.md, (5) add a bundle of the old number to the tests.
FORMAT = 1

_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 4_000_000
_MAX_FILE_BYTES = 2_000_000_000
#: The tiers by name, the default one first.
TIERS = ("accurate", "fast")

_HEAD, _FOREIGN_HEAD, _EXAMPLES = "head.npz", "head.joblib", "examples.json"
_EXAMPLE_VECTORS = "examples.npz"
_ENCODER = tuple(f"encoder/{name}" for name in ("encoder.json", "graph.onnx", "tokenizer.json", "weights.npz"))
_WORDS = "encoder/words.npz"  # not in every model
_FAST_ENCODER = tuple(f"fast/{name}" for name in ("encoder.json", "table.npz", "tokenizer.json"))
_FAST_HEAD = "fast/head.npz"

#: The files that each tier may read.
_FILES = {
    "accurate": frozenset({*_ENCODER, _WORDS, _HEAD, _FOREIGN_HEAD, _EXAMPLES, _EXAMPLE_VECTORS}),
    "fast": frozenset({*_FAST_ENCODER, _FAST_HEAD}),
}

#: Every file that a bundle may hold; anything else is refused.
LAYOUT = frozenset().union(*_FILES.values())

#: Largest difference of a probability from the one recorded in the self-test, over processors and versions.
SELF_TEST_TOLERANCE = 0.005


@dataclass(frozen=True)
class Bundle:
    """A model and what is known about it.

    Parameters
    ----------
    tier : Tier
        What scores: the one that was asked for, or ``accurate``.
    fast : Tier, optional
        The second tier, where both are in hand.
    examples : Examples, optional
        Labelled tasks that explanations quote.
    facts : dict
        What the manifest tells people: name, data with digests, recipe, figures. Plain JSON values.
    """

    tier: Tier
    fast: Tier | None = None
    examples: Examples | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def find(name: str | Path | None = None) -> Path:
    """Return the folder of a model.

    Parameters
    ----------
    name : str or Path, optional
        Name of a shipped model or a folder; by default the default shipped model.

    Raises
    ------
    BundleError
        If there is no such model.
    """
    shipped = model_folders()
    wanted = DEFAULT_MODEL if name is None else str(name)
    if wanted in shipped:
        return shipped[wanted]
    if Path(wanted).is_dir():
        return Path(wanted)
    known = ", ".join(shipped) or "none"
    raise BundleError(f"no model {wanted!r}: give a bundle's folder or a shipped model ({known})")


def inspect(folder: str | Path) -> dict[str, Any]:
    """Read a bundle's manifest and check that this version can use it; nothing else is opened.

    Raises
    ------
    BundleFormatError
        If it is no bundle, or its format or label schema is another one.
    """
    path = Path(folder) / _MANIFEST
    try:
        if path.stat().st_size > _MAX_MANIFEST_BYTES:
            raise BundleFormatError(f"{path} is over {_MAX_MANIFEST_BYTES:,} bytes: not a taskfit bundle")
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleFormatError(f"{folder} has no {_MANIFEST}: not a taskfit bundle") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BundleFormatError(f"{path} cannot be read ({error}): not a taskfit bundle, or damaged") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise BundleFormatError(f"{path} lists no files: not a taskfit bundle")
    _check_format(manifest, path)
    _check_names(manifest["files"], path)
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
        _read_verified(Path(folder), name, manifest)
    return manifest


def load(folder: str | Path, *, tier: str = TIERS[0], trust: bool = False) -> Bundle:
    """Load one tier of a bundle.

    Parameters
    ----------
    folder : str or Path
    tier : str
        ``accurate`` or ``fast``.
    trust : bool
        Whether a bundle may run code. Only a foreign head needs it.

    Raises
    ------
    BundleError
        One of its kinds, if the bundle is damaged, foreign, newer, needs trust that was not given, or lacks the tier.
    """
    if tier not in TIERS:
        raise BundleError(f"no tier {tier!r}: choose one of {', '.join(TIERS)}")
    manifest = inspect(folder)
    names = _FILES[tier] & set(manifest["files"])
    if not names:
        raise BundleError(f"{folder} has no {tier} tier: leave --tier out, or train the model with one")
    if _FOREIGN_HEAD in names and not trust:
        raise BundleTrustError(
            f"{folder} holds a joblib head, which can run code when loaded: allow it with --trust (Python: trust=True) "
            "only if you know who made it"
        )
    files = {name: _read_verified(Path(folder), name, manifest) for name in names}
    try:
        return (_accurate if tier == TIERS[0] else _fast)(files, manifest)
    except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BundleDamagedError(f"{folder} cannot be used ({error}); install or train it again") from error


def save(bundle: Bundle, folder: str | Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Write a bundle; the folder appears complete or not at all.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    OutputError
        If the folder exists and `overwrite` is false, or cannot be written.
    """
    target = Path(folder)
    if target.exists() and not overwrite:
        raise OutputError(f"{target} exists: choose another folder, or --force to replace it")
    if target.exists() and not (target / _MANIFEST).is_file() and (target.is_file() or any(target.iterdir())):
        raise OutputError(f"{target} exists and is no taskfit bundle: choose another folder")
    files = _files(bundle)
    manifest = {
        **bundle.facts,
        "format": FORMAT,
        "schema": schema_hash(),
        "labels": list(LABELS),
        "tiers": {
            name: _tier_facts(tier) for name, tier in zip(TIERS, (bundle.tier, bundle.fast), strict=True) if tier
        },
        "files": {name: _entry(content) for name, content in sorted(files.items())},
    }
    contents = {**files, _MANIFEST: (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode("utf-8")}
    _write(contents, target)
    return manifest


def self_test(bundle: Bundle, tier: str = TIERS[0]) -> float:
    """Return the largest difference between the recorded and the present probabilities of a tier's self-test."""
    recorded = bundle.facts["tiers"][tier]["self_test"]
    now = bundle.tier.probabilities(bundle.tier.encoder.encode(_SELF_TEST))
    return float(np.abs(now - np.asarray(recorded)).max())


def _check_format(manifest: Mapping[str, Any], path: Path) -> None:
    number = manifest.get("format")
    if number != FORMAT:
        advice = "update taskfit" if isinstance(number, int) and number > FORMAT else "train it again"
        raise BundleFormatError(f"{path} has bundle format {number!r}, this taskfit reads {FORMAT}: {advice}")
    if manifest.get("schema") != schema_hash():
        raise BundleFormatError(
            f"{path} was made for label schema {manifest.get('schema')!r}, this taskfit has {schema_hash()!r}: "
            "labels or rubric changed; train it again, or use the taskfit version that made it"
        )


def _check_names(files: Mapping[str, Any], path: Path) -> None:
    strangers = sorted(set(files) - LAYOUT)
    if strangers:
        raise BundleFormatError(f"{path} names a file that no bundle has, {strangers[0]!r}: not a taskfit bundle")
    missing = sorted(set(_ENCODER) - set(files))
    if missing or not ({_HEAD, _FOREIGN_HEAD} & set(files)):
        raise BundleFormatError(f"{path} lacks {', '.join(missing) or _HEAD}: not a complete bundle")
    half = sorted(_FILES["fast"] - set(files))
    if half and len(half) < len(_FILES["fast"]):
        raise BundleFormatError(f"{path} lacks {', '.join(half)}: not a complete bundle")
    for name, entry in files.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("bytes"), int):
            raise BundleFormatError(f"{path} gives no size for {name}: not a taskfit bundle")
        if not 0 <= entry["bytes"] <= _MAX_FILE_BYTES:
            raise BundleFormatError(f"{path} gives {name} {entry['bytes']:,} bytes: not a taskfit bundle")


def _read_verified(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
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


def _accurate(files: Mapping[str, bytes], manifest: dict[str, Any]) -> Bundle:
    encoder = JointEncoder.from_files(
        {name.split("/")[1]: files[name] for name in (*_ENCODER, _WORDS) if name in files}
    )
    tier = Tier(encoder, _foreign_head(files)) if _FOREIGN_HEAD in files else Tier(encoder, *_own_heads(files[_HEAD]))
    examples = Examples.from_files(files[_EXAMPLES], files[_EXAMPLE_VECTORS]) if _EXAMPLES in files else None
    return Bundle(tier, examples=examples, facts=manifest)


def _fast(files: Mapping[str, bytes], manifest: dict[str, Any]) -> Bundle:
    encoder = StaticEncoder.from_files({name.split("/")[1]: files[name] for name in _FAST_ENCODER})
    return Bundle(Tier(encoder, *_own_heads(files[_FAST_HEAD])), facts=manifest)


def _own_heads(head: bytes) -> tuple[LabelHead, DriverHead | None, LabelSets | None]:
    with np.load(io.BytesIO(head), allow_pickle=False) as arrays:
        label_head = LabelHead(
            tuple(str(name) for name in arrays["classes"]),
            *(arrays[f"label_{part}"] for part in ("weights", "bias", "scale", "shift")),
        )
        driver_head = label_sets = None
        if "driver_weights" in arrays:
            driver_head = DriverHead(*(arrays[f"driver_{part}"] for part in ("weights", "bias", "scale", "shift")))
        if "sets_0" in arrays:
            label_sets = LabelSets(tuple(arrays[f"sets_{column}"] for column in range(len(LABELS))))
        return label_head, driver_head, label_sets


def _foreign_head(files: Mapping[str, bytes]) -> ForeignHead:
    import joblib

    return ForeignHead(joblib.load(io.BytesIO(files[_FOREIGN_HEAD])))


def _files(bundle: Bundle) -> dict[str, bytes]:
    files = {f"encoder/{name}": content for name, content in bundle.tier.encoder.files().items()}
    if isinstance(bundle.tier.label_head, ForeignHead):
        import joblib

        buffer = io.BytesIO()
        joblib.dump(bundle.tier.label_head.estimator, buffer)
        files[_FOREIGN_HEAD] = buffer.getvalue()
    else:
        files[_HEAD] = _head_file(bundle.tier)
    if bundle.fast is not None:
        files |= {f"fast/{name}": content for name, content in bundle.fast.encoder.files().items()}
        files[_FAST_HEAD] = _head_file(bundle.fast)
    if bundle.examples is not None:
        files[_EXAMPLES], files[_EXAMPLE_VECTORS] = bundle.examples.to_files()
    return files


def _head_file(tier: Tier) -> bytes:
    arrays: dict[str, Any] = {"classes": np.array(tier.label_head.classes)}
    heads: dict[str, Any] = {"label": tier.label_head, "driver": tier.driver_head}
    for name, head in heads.items():
        if head is not None:
            arrays |= {f"{name}_{part}": getattr(head, part) for part in ("weights", "bias", "scale", "shift")}
    if tier.label_sets is not None:
        arrays |= {f"sets_{column}": scores for column, scores in enumerate(tier.label_sets.scores)}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


#: Texts whose probabilities the manifest records, so that `taskfit models verify` can tell whether they come again.
_SELF_TEST = (
    "Match supplier invoices to purchase orders",
    "Draft the quarterly report for the finance director to check",
    "Sit with a grieving family and explain what happens next",
)


def _tier_facts(tier: Tier) -> dict[str, Any]:
    probabilities = tier.probabilities(tier.encoder.encode(_SELF_TEST))
    return {
        "dimension": tier.encoder.dimension,
        "fingerprint": tier.encoder.fingerprint,
        "self_test": np.round(probabilities, 6).tolist(),
    }


def _entry(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _write(contents: Mapping[str, bytes], target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target} ({error}): choose another folder") from error
    try:
        for name, content in contents.items():
            path = staging / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        staging.chmod(0o755)  # mkdtemp is private; a model is to be shared
        if target.exists():
            shutil.rmtree(target)
        staging.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {target} ({error}): nothing was kept") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
