"""What made a scored file? A small JSON file beside it, so that reports and comparisons need not guess."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from taskfit.errors import OutputError
from taskfit.inventory import atomic_text
from taskfit.labels import schema_hash

# What fields hold, where they are there.
_KINDS: tuple[tuple[str, type], ...] = (
    *(
        (name, str)
        for name in ("taskfit", "schema", "model", "fingerprint", "tier", "policy", "source", "text", "created")
    ),
    *((name, int) for name in ("rows", "decided", "decisions_agree")),
    ("overrides", str),
    ("barriers", list),
)

__all__ = ["beside", "drop_record", "read_record", "record", "with_decisions", "write_record"]


def beside(scored: str | Path) -> Path:
    """Return where the record of a scored file lies."""
    return Path(f"{scored}.run.json")


def record(
    *,
    model: str,
    fingerprint: str,
    tier: str,
    policy: str,
    source: str,
    rows: int,
    text: str,
    role: str | None,
    barriers: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what is kept of a run: nothing of the inventory but its name, its number of rows and names of columns."""
    return {
        "taskfit": version("taskfit"),
        "schema": schema_hash(),
        "model": model,
        "fingerprint": fingerprint,
        "tier": tier,
        "policy": policy,
        "source": source,
        "rows": rows,
        "text": text,
        "role": role,
        "barriers": list(barriers),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def with_decisions(fields: dict[str, Any], *, overrides: str, decided: int, agree: int) -> dict[str, Any]:
    """Return a record that also tells of the decisions in the scored file.

    Parameters
    ----------
    fields : dict
    overrides : str
        Name of the file of decisions.
    decided, agree : int
        Rows that a person decided, and how many of them as the model said.
    """
    return {**fields, "overrides": overrides, "decided": decided, "decisions_agree": agree}


def write_record(fields: dict[str, Any], scored: str | Path) -> None:
    """Write the record beside a scored file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        with atomic_text(beside(scored)) as file:
            file.write(json.dumps(fields, indent=1, ensure_ascii=False) + "\n")
    except OutputError as error:
        raise OutputError(f"{error}; the scored file itself is complete") from error


def drop_record(scored: str | Path) -> None:
    """Remove the record of an earlier file of this name."""
    beside(scored).unlink(missing_ok=True)


def read_record(scored: str | Path) -> dict[str, Any] | None:
    """Return the record of a scored file, or None if there is none that can be read, or none of ours."""
    try:
        fields = json.loads(beside(scored).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(fields, dict) or not all(isinstance(fields.get(name, kind()), kind) for name, kind in _KINDS):
        return None
    return fields
