"""What made a scored file? A small JSON file beside it, so that reports and comparisons need not guess."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from taskfit.errors import OutputError
from taskfit.labels import schema_hash

__all__ = ["beside", "read_record", "record", "write_record"]


def beside(scored: str | Path) -> Path:
    """Return where the record of a scored file lies."""
    return Path(f"{scored}.run.json")


def record(*, model: str, fingerprint: str, tier: str, policy: str, source: str, rows: int) -> dict[str, Any]:
    """Return what is kept of a run: nothing of the inventory but its name and its number of rows."""
    return {
        "taskfit": version("taskfit"),
        "schema": schema_hash(),
        "model": model,
        "fingerprint": fingerprint,
        "tier": tier,
        "policy": policy,
        "source": source,
        "rows": rows,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def write_record(fields: dict[str, Any], scored: str | Path) -> None:
    """Write the record beside a scored file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    path = beside(scored)
    try:
        path.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write {path} ({error}): the scored file itself is complete") from error


def read_record(scored: str | Path) -> dict[str, Any] | None:
    """Return the record of a scored file, or None if there is none that can be read."""
    try:
        fields = json.loads(beside(scored).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return fields if isinstance(fields, dict) else None
