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
from taskfit.errors import BundleDamagedError, BundleError, BundleTrustError, OutputError
from taskfit.explain import Examples
from taskfit.heads import DriverHead, LabelHead
from taskfit.labels import LABELS, schema_hash
from taskfit.manifest import (
    ENCODER,
    EXAMPLE_VECTORS,
    EXAMPLES,
    FAST_ENCODER,
    FAST_HEAD,
    FILES,
    FOREIGN_HEAD,
    FORMAT,
    HEAD,
    LAYOUT,
    MANIFEST,
    SELF_TEST,
    TIERS,
    WORDS,
    inspect,
    read_verified,
    verify,
)
from taskfit.shipped import DEFAULT_MODEL, model_folders
from taskfit.tier import ForeignHead, Tier

__all__ = [
    "FORMAT",
    "LAYOUT",
    "SELF_TEST_TOLERANCE",
    "TIERS",
    "Bundle",
    "find",
    "inspect",
    "load",
    "save",
    "self_test",
    "verify",
]

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
    names = FILES[tier] & set(manifest["files"])
    if not names:
        raise BundleError(f"{folder} has no {tier} tier: leave --tier out, or train the model with one")
    if FOREIGN_HEAD in names and not trust:
        raise BundleTrustError(
            f"{folder} holds a joblib head, which can run code when loaded: allow it with --trust (Python: trust=True) "
            "only if you know who made it"
        )
    files = {name: read_verified(Path(folder), name, manifest) for name in names}
    try:
        return (_accurate if tier == TIERS[0] else _fast)(files, manifest)
    except (KeyError, ValueError, TypeError, OSError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise BundleDamagedError(f"{folder} cannot be used ({error}); install or train it again") from error


def refuse_taken(folder: str | Path, *, overwrite: bool = False) -> None:
    """Refuse a folder that `save` could not write to; worth knowing before a long training.

    Raises
    ------
    OutputError
        If the folder exists and `overwrite` is false, or holds something else than a bundle.
    """
    target = Path(folder)
    if target.exists() and not overwrite:
        raise OutputError(f"{target} exists: choose another folder, or --force to replace it")
    if target.exists() and not (target / MANIFEST).is_file() and (target.is_file() or any(target.iterdir())):
        raise OutputError(f"{target} exists and is no taskfit bundle: choose another folder")


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
    refuse_taken(target, overwrite=overwrite)
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
    contents = {**files, MANIFEST: (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode("utf-8")}
    _write(contents, target)
    return manifest


def self_test(bundle: Bundle, tier: str = TIERS[0]) -> float:
    """Return the largest difference between the recorded and the present probabilities of a tier's self-test."""
    recorded = bundle.facts["tiers"][tier]["self_test"]
    now = bundle.tier.probabilities(bundle.tier.encoder.encode(SELF_TEST))
    return float(np.abs(now - np.asarray(recorded)).max())


def _accurate(files: Mapping[str, bytes], manifest: dict[str, Any]) -> Bundle:
    encoder = JointEncoder.from_files({name.split("/")[1]: files[name] for name in (*ENCODER, WORDS) if name in files})
    tier = Tier(encoder, _foreign_head(files)) if FOREIGN_HEAD in files else Tier(encoder, *_own_heads(files[HEAD]))
    examples = Examples.from_files(files[EXAMPLES], files[EXAMPLE_VECTORS]) if EXAMPLES in files else None
    return Bundle(tier, examples=examples, facts=manifest)


def _fast(files: Mapping[str, bytes], manifest: dict[str, Any]) -> Bundle:
    encoder = StaticEncoder.from_files({name.split("/")[1]: files[name] for name in FAST_ENCODER})
    return Bundle(Tier(encoder, *_own_heads(files[FAST_HEAD])), facts=manifest)


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

    return ForeignHead(joblib.load(io.BytesIO(files[FOREIGN_HEAD])))


def _files(bundle: Bundle) -> dict[str, bytes]:
    files = {f"encoder/{name}": content for name, content in bundle.tier.encoder.files().items()}
    if isinstance(bundle.tier.label_head, ForeignHead):
        import joblib

        buffer = io.BytesIO()
        joblib.dump(bundle.tier.label_head.estimator, buffer)
        files[FOREIGN_HEAD] = buffer.getvalue()
    else:
        files[HEAD] = _head_file(bundle.tier)
    if bundle.fast is not None:
        files |= {f"fast/{name}": content for name, content in bundle.fast.encoder.files().items()}
        files[FAST_HEAD] = _head_file(bundle.fast)
    if bundle.examples is not None:
        files[EXAMPLES], files[EXAMPLE_VECTORS] = bundle.examples.to_files()
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


def _tier_facts(tier: Tier) -> dict[str, Any]:
    probabilities = tier.probabilities(tier.encoder.encode(SELF_TEST))
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
        _put_in_place(staging, target)
    except OSError as error:
        raise OutputError(f"cannot write {target} ({error}): nothing was kept") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, target: Path) -> None:
    """Give a finished folder its name; a folder that has it already goes only when the new one is there."""
    if not target.exists():
        staging.replace(target)
        return
    old = staging.with_name(f"{staging.name}.old")
    target.replace(old)
    try:
        staging.replace(target)
    except OSError:
        old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
