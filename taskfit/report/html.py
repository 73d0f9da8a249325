"""One self-contained page: no network, no font, no picture file; safe to open from a mail."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from taskfit.labels import DRIVERS, LABELS, RUBRIC
from taskfit.report import tables
from taskfit.report.charts import driver_bars, share_bar
from taskfit.report.summary import SETTLED
from taskfit.report.words import amount, listed, named, percents, whose, wished
from taskfit.scored import ScoredTasks, Weights

__all__ = ["render_html"]

# Nothing may be fetched or sent, whatever a task's text holds.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)

_VERBS = {
    "automatable": "technology can do",
    "augmentable": "technology helps with",
    "human-essential": "people must do",
}


def render_html(
    summary: Mapping[str, Any],
    tasks: ScoredTasks,
    weights: Weights,
    *,
    nearest: Mapping[int, Sequence[str]] | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    summary : mapping
        As `taskfit.report.summarise` returns it.
    tasks : ScoredTasks
    weights : Weights
    nearest : mapping of int to sequence of str, optional
        For rows that the page lists: the nearest labelled tasks, in words.
    """
    near = nearest or {}
    sections = [
        _headline(summary),
        _priorities(summary, near),
        tables.groups(summary),
        _drivers(summary),
        tables.scenarios(summary),
        tables.wishes(summary),
        tables.queue(summary, near),
        tables.findings(summary),
        tables.all_tasks(summary),
        _method(summary),
    ]
    assets = files("taskfit.report")
    style, script = (assets.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    title = f"Who should do the work? {escape(str(summary['source']))}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="referrer" content="no-referrer">\n<style>\n{style}</style></head><body data-unit="{escape(summary["unit"])}">\n'
        f'<a class="skip" href="#tasks">Skip to the list of tasks</a><main>\n'
        + "\n".join(section for section in sections if section)
        + f'\n</main>\n<script type="text/plain" id="data">{_packed(summary, tasks, weights)}</script>\n'
        f"<script>\n{script}</script>\n</body></html>\n"
    )


def _packed(summary: Mapping[str, Any], tasks: ScoredTasks, weights: Weights) -> str:
    group = tasks.column(summary["by"][0]) if summary["by"] else [""] * len(tasks)
    wishes = tasks.column(summary["zones"]["column"]) if summary["zones"] else None
    rows = []
    for row, label in enumerate(tasks.labels):
        chances = [round(100 * float(value)) for value in tasks.probabilities[row]]
        # How sure the model was says nothing about what people or a barrier settled.
        sure: Any = SETTLED.get(tasks.statuses[row]) or (chances[LABELS.index(label)] if label in LABELS else None)
        rows.append(
            [group[row], tasks.texts[row], tasks.roles[row], label, sure, chances, tasks.decisive[row],
             round(float(weights.values[row]), 4), tasks.notes[row], tasks.lines[row], int(tasks.review[row]),
             *([] if wishes is None else [wishes[row]])]
        )  # fmt: skip
    packed = gzip.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 6, mtime=0)
    return base64.b64encode(packed).decode("ascii")


def _headline(summary: Mapping[str, Any]) -> str:
    total, unit = summary["total"], summary["unit"]
    size = f"{summary['tasks']:,} tasks"
    if unit != "tasks":
        size += f", {amount(total['weight'], unit)} ({named(summary['weights'])})"
    cards = "".join(
        f'<div class="card {label}"><span>{_VERBS[label]}</span><b>{percents(total["shares"][label])}</b>'
        f"<span>{label}, by {unit}</span></div>"
        for label in LABELS
    )
    return (
        f"<header><h1>Who should do the work?</h1><p class='soft'>{named(str(summary['source']))}: {size}, "
        f"{escape(summary['created'])}. Ranges hold the true share at least nine times in ten, for tasks like those the "
        f"model was tested on.</p></header>\n<div class='cards'>{cards}</div>\n"
        f"<figure>{share_bar(total['shares'], total['called'])}<figcaption>Bars: expected share of {unit} by label. "
        "Whiskers: the ranges. Dashed strokes: what was decided, which leans toward people where a mistake costs more."
        f"</figcaption></figure>\n{_guard(total['guard'], total['review'], unit)}{_settled(summary)}"
        + listed([escape(text) for text in summary["warnings"]], style="warn")
    )


def _guard(guard: Mapping[str, float], review: float, unit: str) -> str:
    taken, sure = guard["automatable"], guard["unreviewed"]
    low, high = (amount(guard[f"wrongly_automated_{end}"], unit, bare=True) for end in ("low", "high"))
    people = ""
    if guard["overruled"]:
        people = (
            f" <b>People decided {amount(guard['overruled'], unit)} toward technology against the model's likeliest "
            "label</b>; what people decided counts as certain, so no risk is expected of it here."
        )
    return (
        f"<div class='guard'><p><b>What that would cost in quality.</b> Of the {amount(taken, unit)} called automatable, "
        f"{amount(sure, unit, bare=True)} are sure enough to start with and {amount(taken - sure, unit, bare=True)} wait for "
        f"somebody to look. An expected {amount(guard['wrongly_automated'], unit)} of them ({low}–{high}; "
        f"{guard['wrongly_automated_share']:.1%}) are human-essential after all, and {amount(guard['at_risk'], unit)} need "
        f"at least a person's check. {review:.0%} of all {unit} wait for somebody to look.{people}</p></div>"
    )


def _settled(summary: Mapping[str, Any]) -> str:
    settled, unit = summary["settled"], summary["unit"]
    said = []
    if settled["people"]:
        weight = "" if unit == "tasks" else f" ({amount(settled['people_weight'], unit)})"
        agreed = "" if settled["agree"] is None else f", {settled['agree']:,} as the model had said"
        said.append(f"People settled {amount(settled['people'], 'tasks')}{weight}{agreed}.")
    if settled["barrier"]:
        weight = "" if unit == "tasks" else f" ({amount(settled['barrier_weight'], unit)})"
        names = f" ({named(', '.join(settled['barriers']))})" if settled["barriers"] else ""
        said.append(f"A barrier{names} keeps {amount(settled['barrier'], 'tasks')}{weight} from being automated.")
    return f"<p>{' '.join(said)}</p>" if said else ""


def _priorities(summary: Mapping[str, Any], nearest: Mapping[int, Sequence[str]]) -> str:
    unit = summary["unit"]

    def column(head: str, entries: Sequence[Mapping[str, Any]], *, evidence: bool = True) -> str:
        items = []
        for entry in entries:
            weight = "" if unit == "tasks" else amount(entry["weight"], unit)
            settled = f"settled by {entry['settled']}" if entry["settled"] else ""
            owner = whose(entry, weight, named(entry["decisive"]) if entry["decisive"] else "", settled, wished(entry))
            near = listed([named(text) for text in nearest.get(entry["row"], ())], style="near") if evidence else ""
            folded = f"<details><summary class='soft'>nearest labelled tasks</summary>{near}</details>" if near else ""
            items.append(f"{named(entry['text'])} {owner}{folded}")
        return f"<div><h3>{head}</h3>{listed(items, 'ol') or '<p class=soft>None.</p>'}</div>"

    return (
        "<section><h2>What first, what never</h2><div class='three'>"
        + column("Start here: automatable and sure", summary["first"])
        # The queue below has their nearest tasks.
        + column("Look first: the doubt that weighs most", summary["queue"][:8], evidence=False)
        + column("Keep with people: human-essential and sure", summary["never"])
        + "</div></section>"
    )


def _drivers(summary: Mapping[str, Any]) -> str:
    meanings = "".join(f"<li><b>{name}</b>: {escape(RUBRIC['drivers'][name])}</li>" for name in DRIVERS)
    return (
        "<section><h2>Why people must do it</h2><p>Human-essential work by the driver that decides most. Hands-on work "
        f"and care are different reasons.</p><figure>{driver_bars(summary['total']['drivers'], summary['unit'])}"
        f"<figcaption>Bars: expected share of all {summary['unit']}. Whiskers and figures: the ranges.</figcaption></figure>"
        f"<details><summary>What the drivers mean</summary><ul>{meanings}</ul></details></section>"
    )


def _method(summary: Mapping[str, Any]) -> str:
    model, run = summary["model"], summary["run"]
    lines = [
        "A model that learned from labelled tasks gives each task three chances. A policy turns chances into a label and "
        "makes calling human-essential work automatable its dearest mistake. Labels are about tasks, never about people.",
        "Ranges come from the chances: the true labels are drawn from them many times; no range of shares is narrower than "
        "the model's average error. They hold only for tasks like those that the model was tested on, in English.",
        f"Weights: {summary['weights']}.",
        "Not for deciding about anybody's job, pay or performance. Let a person answer for every change, ask the people "
        "who do the work, and keep the way back open.",
    ]
    facts = []
    if run:
        facts.append(f"Scored by taskfit {run.get('taskfit')} with model {run.get('model')} ({run.get('fingerprint')}), "
                     f"tier {run.get('tier')}, policy {run.get('policy')}, {run.get('created')}.")  # fmt: skip
    if model:
        facts.append(f"Model {model.get('name')}, {model.get('created')}, label schema {model.get('schema')}.")
        facts += [f"Data {file['name']}: SHA-256 {file['sha256']}." for file in model.get("data", {}).get("files", [])]
        facts.append(f"Measured: {model.get('protocol')}.")
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<footer><h2>Method and limits</h2>{body}{''.join(f'<p>{escape(fact)}</p>' for fact in facts)}</footer>"
