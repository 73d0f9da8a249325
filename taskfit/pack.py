"""What do staff and a works council need to see? Documents filled from the model's manifest and from a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfit.card import model_card
from taskfit.labels import RUBRIC

__all__ = ["works_council_pack"]

_NOT_ADVICE = (
    "This is a description of a system, not legal advice. Whether and how it may be used is settled between the people "
    "and bodies who are responsible for that where you are."
)

_FORBIDDEN = """\
- No decision about a person: hiring, dismissal, promotion, pay, rating, shift or transfer. The system reads task
  descriptions; feed it no names, no performance data and nothing about individuals.
- No decision without a person who answers for it. A label is a proposal.
- No cut of jobs from a share of hours. The shares have ranges, and a role is more than the sum of its tasks.
- No use on tasks unlike those that it was tested on (other languages, other kinds of work) without a test of its own."""

_OVERSIGHT = """\
- Every task has a review flag; `taskfit review export` gives the flagged ones to people as a sheet, with the rubric.
- What people decide wins over the model in every later run (`--overrides`) and is logged with name, date and reason. A
  decision that leaves more to technology than the model would needs a reason.
- Circumstances such as law, safety or an agreement can only move a task toward people (`--barrier`); they stand above
  what one person decides.
- Those who do the work should say what they wish (`--wish`); the report warns where nobody was asked."""

_REVERSIBLE = """\
- Scoring changes nothing: it writes a new file. Input columns stay as they are.
- A run can be repeated to the same result: the same model, policy and input give the same labels on one kind of
  processor; on another, single answers close to a threshold may differ.
- `taskfit compare` shows what a new model, policy or decision would move, before it is used.
- Keep people who can do a task by hand until the change has proved itself, and say beforehand what would undo it."""


def works_council_pack(manifest: Mapping[str, Any], run: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return documents in Markdown, by file name.

    Parameters
    ----------
    manifest : mapping
        As `taskfit.bundle.inspect` returns it.
    run : mapping, optional
        What scoring recorded about a run.
    """
    return {
        "1-system.md": _system(manifest, run),
        "2-error-rates.md": _errors(manifest),
        "3-rules-of-use.md": _rules(),
        "4-model-card.md": model_card(manifest),
        "5-changes.md": _changes(manifest, run),
    }


def _system(manifest: Mapping[str, Any], run: Mapping[str, Any] | None) -> str:
    labels = "\n".join(f"- **{name}**: {text}" for name, text in RUBRIC["labels"].items())
    drivers = "\n".join(f"- **{name}**: {text}" for name, text in RUBRIC["drivers"].items())
    files = "\n".join(
        f"- `{file['name']}`: {file['tasks']:,} labelled tasks, SHA-256 `{file['sha256']}`"
        for file in manifest.get("data", {}).get("files", [])
    )
    ran = "No run was given." if not run else "\n".join(f"- {name}: {_plain(value)}" for name, value in run.items())
    return (
        f"# System description\n\n{_NOT_ADVICE}\n\n## What it does\n\ntaskfit reads descriptions of tasks and proposes for "
        f"each who should do it:\n\n{labels}\n\nFor human-essential tasks it names why:\n\n{drivers}\n\n## What it reads and "
        "keeps\n\nA table of tasks: the text, the role if there is a column of roles, and the columns that the user names "
        "for hours, teams or wishes. It runs on one machine, sends nothing and downloads nothing. It keeps the result file "
        "and beside it a record of the run without any task in it.\n\n## What it learned from\n\n"
        f"{files}\n\n## The model\n\nName {manifest.get('name')}, made {manifest.get('created')}, label schema "
        f"`{manifest.get('schema')}`.\n\n## The run\n\n{ran}\n"
    )


def _errors(manifest: Mapping[str, Any]) -> str:
    rows = [
        f"| {name} | {result['human_called_automatable']:.1%} | at most {result['human_called_automatable_upper']:.1%} | "
        f"{1 - result['accuracy']:.1%} | {result['review']:.1%} | {1 - result['accuracy_without_review']:.1%} |"
        for name, result in manifest.get("policies", {}).items()
    ]
    table = "\n".join(rows) or "| not measured | | | | | |"
    return (
        f"# Error rates\n\nMeasured on tasks that the model had not seen. {str(manifest.get('protocol', '')).capitalize()}."
        "\n\nThe dearest mistake is to call human-essential work automatable.\n\n| policy | human-essential called "
        "automatable | with 95 % confidence | all wrong labels | left to people to look at | wrong among the rest |\n"
        f"|---|---|---|---|---|---|\n{table}\n\nYour own tasks may differ. Label a sample and run `taskfit evaluate` "
        "before relying on these figures.\n"
    )


def _rules() -> str:
    return (
        f"# Rules of use\n\n{_NOT_ADVICE}\n\n## Meant for\n\nSorting the tasks of teams when work is redesigned: what "
        "technology may do, what it may help with, what people must do.\n\n## Not allowed\n\n"
        f"{_FORBIDDEN}\n\n## Human oversight\n\n{_OVERSIGHT}\n\n## The way back\n\n{_REVERSIBLE}\n\n## To be agreed here\n\n"
        "- Who may run it, on which inventories, and who sees the results:\n- Who decides the reviewed tasks:\n- When and how "
        "staff are told and asked:\n- What is measured after a change (quality, complaints, load), and what undoes it:\n- "
        "When this is looked at again:\n"
    )


def _changes(manifest: Mapping[str, Any], run: Mapping[str, Any] | None) -> str:
    rows = [(manifest.get("created"), f"model `{manifest.get('name')}` made, label schema `{manifest.get('schema')}`")]
    if run:
        barriers = _plain(run["barriers"]) if "barriers" in run else "not recorded"
        what = (
            f"`{run.get('source')}` scored: {run.get('rows')} rows, policy `{run.get('policy')}`, barriers: {barriers}"
        )
        rows.append((run.get("created"), f"{what}; {_decisions(run)}"))
    lines = "".join("| {} | {} | | |\n".format(*(_cell(part) for part in row)) for row in rows)
    return f"# Change log\n\n| date | what changed | who | why |\n|---|---|---|---|\n{lines}| | | | |\n"


def _decisions(run: Mapping[str, Any]) -> str:
    if not run.get("overrides"):
        return "no decisions of people in it"
    return (
        f"decisions of people from `{run['overrides']}` in {run.get('decided')} rows, {run.get('decisions_agree')} of them "
        "as the model said"
    )


def _cell(value: Any) -> str:
    """Return a value on one line; a bar would open another cell."""
    return " ".join(str(value).split()).replace("|", "\\|")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "none"
    return "none" if value is None else str(value)
