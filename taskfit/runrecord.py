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

__all__ = ["beside", "drop_record", "read_record", "record", "with_decisions", "write_record"]

# Kinds of the fields that are present.
_KINDS: dict[str, type] = {
    **dict.fromkeys(
        ("taskfit", "schema", "model", "fingerprint", "tier", "policy", "source", "text", "created", "overrides"), str
    ),
    **dict.fromkeys(("rows", "decided", "decisions_agree"), int),
    "barriers": list,
}


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
    except (OSError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) and _is_record(fields) else None


def _is_record(fields: dict[str, Any]) -> bool:
    """Return whether every field is of its kind; people change such files by hand."""
    kinds = all(type(fields[name]) is kind for name, kind in _KINDS.items() if name in fields)
    role = fields.get("role")
    return (
        kinds
        and (role is None or isinstance(role, str))
        and all(isinstance(name, str) for name in fields.get("barriers", []))
    )
