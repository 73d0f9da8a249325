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
from taskfit.report.charts import driver_bars, share_bar
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
        For rows of the review queue: the nearest labelled tasks, in words.
    """
    sections = [
        _headline(summary),
        _priorities(summary),
        _groups(summary),
        _drivers(summary),
        _scenarios(summary),
        _zones(summary),
        _queue(summary, nearest or {}),
        _findings(summary),
        _all_tasks(summary),
        _method(summary),
    ]
    assets = files("taskfit.report")
    style, script = (assets.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    title = f"Who should do the work? {escape(str(summary['source']))}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="referrer" content="no-referrer">\n<style>\n{style}</style></head><body>\n'
        f'<a class="skip" href="#tasks">Skip to the list of tasks</a><main>\n'
        + "\n".join(section for section in sections if section)
        + f'\n</main>\n<script type="text/plain" id="data">{_packed(summary, tasks, weights)}</script>\n'
        f"<script>\n{script}</script>\n</body></html>\n"
    )


def _packed(summary: Mapping[str, Any], tasks: ScoredTasks, weights: Weights) -> str:
    group = tasks.column(summary["by"][0]) if summary["by"] else [""] * len(tasks)
    rows = []
    for row, label in enumerate(tasks.labels):
        chances = [round(100 * float(value)) for value in tasks.probabilities[row]]
        sure = chances[LABELS.index(label)] if label in LABELS else None
        rows.append(
            [group[row], tasks.texts[row], tasks.roles[row], label, sure, chances, tasks.decisive[row],
             round(float(weights.values[row]), 2), tasks.notes[row], tasks.lines[row], int(tasks.review[row])]
        )  # fmt: skip
    packed = gzip.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 6, mtime=0)
    return base64.b64encode(packed).decode("ascii")


def _headline(summary: Mapping[str, Any]) -> str:
    total, unit = summary["total"], summary["unit"]
    amount = f"{summary['tasks']:,} tasks" + ("" if unit == "tasks" else f", {_amount(total['weight'], unit)}")
    cards = "".join(
        f'<div class="card {label}"><span>{_VERBS[label]}</span><b>{_range(total["shares"][label])}</b>'
        f"<span>{label}, by {unit}</span></div>"
        for label in LABELS
    )
    warnings = "".join(f"<li>{escape(text)}</li>" for text in summary["warnings"])
    return (
        f"<header><h1>Who should do the work?</h1><p class='soft'>{escape(str(summary['source']))}: {amount}, "
        f"{escape(summary['created'])}. Ranges hold the true share nine times in ten, for tasks like those the model "
        f"was tested on.</p></header>\n<div class='cards'>{cards}</div>\n"
        f"<figure>{share_bar(total['shares'], total['called'])}<figcaption>Bars: share of {unit} by label. Whiskers: the "
        f"ranges.</figcaption></figure>\n{_guard(total['guard'], total['review'], unit)}"
        + (f"<ul class='warn'>{warnings}</ul>" if warnings else "")
    )


def _guard(guard: Mapping[str, float], review: float, unit: str) -> str:
    return (
        f"<div class='guard'><p><b>What that would cost in quality.</b> Of the {_amount(guard['automatable'], unit)} called "
        f"automatable, an expected {_amount(guard['wrongly_automated'], unit)} "
        f"({guard['wrongly_automated_share']:.1%}) are human-essential after all, and {_amount(guard['at_risk'], unit)} "
        f"need at least a person's check. {_amount(guard['unreviewed'], unit)} of them are sure enough to start with; "
        f"{review:.0%} of all {unit} wait for somebody to look.</p></div>"
    )


def _priorities(summary: Mapping[str, Any]) -> str:
    unit = summary["unit"]

    def listed(entries: Sequence[Mapping[str, Any]]) -> str:
        items = "".join(
            f"<li>{escape(entry['text'])} <span class='soft'>{escape(entry['role'])}"
            f"{' · ' + _amount(entry['weight'], unit) if unit != 'tasks' else ''}"
            f"{' · ' + escape(entry['decisive']) if entry['decisive'] else ''}</span></li>"
            for entry in entries
        )
        return f"<ol>{items}</ol>" if items else "<p class='soft'>None.</p>"

    return (
        "<section><h2>What first, what never</h2><div class='three'>"
        f"<div><h3>Start here: automatable and sure</h3>{listed(summary['first'])}</div>"
        f"<div><h3>Look first: the doubt that weighs most</h3>{listed(summary['queue'][:8])}</div>"
        f"<div><h3>Keep with people: human-essential and sure</h3>{listed(summary['never'])}</div></div></section>"
    )


def _groups(summary: Mapping[str, Any]) -> str:
    parts = []
    for name, groups in zip(summary["by"], (summary["groups"], summary["second"]), strict=False):
        if groups:
            parts.append(_heat(str(name), groups, summary["unit"]))
    return f"<section><h2>Where the work lies</h2>{''.join(parts)}</section>" if parts else ""


def _heat(name: str, groups: Sequence[Mapping[str, Any]], unit: str) -> str:
    rows = []
    for group in groups:
        cells = "".join(
            f"<td class='heat {label}' style='--share:{group['shares'][label]['expected']:.2f}'>"
            f"{_range(group['shares'][label])}</td>"
            for label in LABELS
        )
        guard = group["guard"]
        rows.append(
            f"<tr><th scope='row'>{escape(next(iter(group['group'].values())))}</th>"
            f"<td class='n'>{_amount(group['weight'], '')}</td>{cells}<td class='n'>{group['review']:.0%}</td>"
            f"<td class='n'>{_amount(guard['automatable'], '')}</td>"
            f"<td class='n'>{_amount(guard['wrongly_automated'], '')} ({guard['wrongly_automated_share']:.1%})</td>"
            f"<td class='n'>{_amount(guard['at_risk'], '')}</td></tr>"
        )
    heads = "".join(f"<th scope='col'>{label}</th>" for label in LABELS)
    return (
        f"<div class='scroll'><table><caption>By {escape(name)}, in {escape(unit)}</caption><thead><tr>"
        f"<th scope='col'>{escape(name)}</th><th scope='col' class='n'>{escape(unit)}</th>{heads}<th scope='col' class='n'>"
        "to review</th><th scope='col' class='n'>called automatable</th><th scope='col' class='n'>of it human-essential "
        "after all</th><th scope='col' class='n'>of it at quality risk</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _drivers(summary: Mapping[str, Any]) -> str:
    meanings = "".join(f"<li><b>{name}</b>: {escape(RUBRIC['drivers'][name])}</li>" for name in DRIVERS)
    return (
        "<section><h2>Why people must do it</h2><p>Human-essential work by the driver that decides most. Hands-on work "
        f"and care are different reasons.</p><figure>{driver_bars(summary['total']['drivers'], summary['unit'])}</figure>"
        f"<details><summary>What the drivers mean</summary><ul>{meanings}</ul></details></section>"
    )


def _scenarios(summary: Mapping[str, Any]) -> str:
    rows = []
    for entry in summary["scenarios"]:
        guard = entry["guard"]
        measured = "not measured"
        if entry["measured_error"] is not None:
            measured = f"{entry['measured_error']:.1%} (at most {entry['measured_upper']:.1%})"
        rows.append(
            f"<tr><th scope='row'>{escape(entry['policy'])}</th><td class='n'>{_amount(guard['automatable'], '')}</td>"
            f"<td class='n'>{_amount(guard['wrongly_automated'], '')} ({guard['wrongly_automated_share']:.1%})</td>"
            f"<td class='n'>{_amount(guard['at_risk'], '')}</td><td class='n'>{measured}</td></tr>"
        )
    return (
        "<section><h2>If mistakes cost more, or less</h2><p>Each row is a named policy of the model, not a mood: what it "
        "would call automatable here, and what it got wrong on test tasks.</p><div class='scroll'><table><thead><tr>"
        f"<th scope='col'>policy</th><th scope='col' class='n'>called automatable, {escape(summary['unit'])}</th>"
        "<th scope='col' class='n'>of it human-essential after all</th><th scope='col' class='n'>of it at quality risk</th>"
        "<th scope='col' class='n'>human-essential called automatable when tested (95 % bound)</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _zones(summary: Mapping[str, Any]) -> str:
    zones = summary["zones"]
    if not zones:
        return ""
    meanings = {
        "green light": "people wish it, technology can help",
        "red light": "technology could, people would rather not",
        "worth research": "people wish it, technology cannot",
        "low priority": "neither",
    }
    rows = "".join(
        f"<tr><th scope='row'>{name}</th><td>{meaning}</td><td class='n'>{_amount(zones['weight'][name], summary['unit'])}"
        "</td></tr>"
        for name, meaning in meanings.items()
    )
    return (
        f"<section><h2>What people wish</h2><table><caption>From column {escape(zones['column'])}; without an answer: "
        f"{_amount(zones['unknown'], summary['unit'])}</caption><tbody>{rows}</tbody></table></section>"
    )


def _queue(summary: Mapping[str, Any], nearest: Mapping[int, Sequence[str]]) -> str:
    rows = []
    for entry in summary["queue"]:
        near = "".join(f"<li>{escape(text)}</li>" for text in nearest.get(entry["row"], ()))
        evidence = f"<ul class='near'>{near}</ul>" if near else ""
        chances = " · ".join(f"{value:.0%}" for value in entry["probabilities"])
        rows.append(
            f"<tr><td>{escape(entry['text'])}<div class='soft'>{escape(entry['role'])}, line {entry['line']}</div>{evidence}"
            f"</td><td><span class='tag {entry['label']}'>{entry['label']}</span></td><td class='n'>{chances}</td>"
            f"<td class='n'>{_amount(entry['weight'], '')}</td><td>{escape(entry['note'])}</td></tr>"
        )
    body = "".join(rows) or "<tr><td colspan='5'>Nothing waits for review.</td></tr>"
    return (
        "<section><h2>Look at these first</h2><p>Tasks that a person should decide, the doubt that weighs most first. Below "
        "a task: the nearest labelled tasks.</p><div class='scroll'><table><thead><tr><th scope='col'>task</th>"
        "<th scope='col'>label</th><th scope='col' class='n'>automatable · augmentable · human-essential</th>"
        f"<th scope='col' class='n'>{escape(summary['unit'])}</th><th scope='col'>why</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _findings(summary: Mapping[str, Any]) -> str:
    if not summary["findings"]:
        return ""
    rows = "".join(
        f"<tr><td>{escape(finding['kind'].replace('_', ' '))}</td><td>{escape(finding['text'])}</td>"
        f"<td>{escape(finding['message'])}</td><td class='n'>{', '.join(map(str, finding['lines'][:6]))}"
        f"{' …' if len(finding['lines']) > 6 else ''}</td><td class='n'>{_amount(finding['weight'], '')}</td></tr>"
        for finding in summary["findings"]
    )
    return (
        "<section><h2>Mend the inventory</h2><details><summary>"
        f"{len(summary['findings'])} findings: doubled, compound, vague or oddly weighted tasks</summary><div class='scroll'>"
        "<table><thead><tr><th scope='col'>what</th><th scope='col'>task</th><th scope='col'>advice</th><th scope='col' "
        f"class='n'>lines</th><th scope='col' class='n'>{escape(summary['unit'])}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details></section>"
    )


def _all_tasks(summary: Mapping[str, Any]) -> str:
    group = escape(str(summary["by"][0])) if summary["by"] else "group"
    labels = "".join(f"<option>{label}</option>" for label in LABELS)
    heads = [("task", 1, ""), (group, 0, ""), ("role", 2, ""), ("label", 3, ""), ("sure", 4, "n"),
             (escape(summary["unit"]), 7, "n"), ("review", 10, "")]  # fmt: skip
    columns = "".join(
        f"<th scope='col' class='{kind}'><button type='button' data-sort='{at}'>{name}</button></th>"
        for name, at, kind in heads
    )
    return (
        "<section id='tasks'><h2>All tasks</h2><div class='controls'><label>Search <input id='search' type='search'></label>"
        f"<label>{group} <select id='team'><option value=''>all</option></select></label><label>Label <select id='label'>"
        f"<option value=''>all</option>{labels}</select></label><label class='line'><input id='look' type='checkbox'> only "
        "tasks to review</label></div><p class='soft' id='count' role='status' aria-live='polite'></p><div class='scroll'>"
        f"<table><thead><tr>{columns}</tr></thead><tbody id='rows'></tbody></table></div><div class='controls'>"
        "<button type='button' id='back'>Previous</button><button type='button' id='next'>Next</button></div></section>"
    )


def _method(summary: Mapping[str, Any]) -> str:
    model, run = summary["model"], summary["run"]
    lines = [
        "A model that learned from labelled tasks gives each task three chances. A policy turns chances into a label and "
        "makes calling human-essential work automatable its dearest mistake. Labels are about tasks, never about people.",
        "Ranges come from the chances: the true labels are drawn from them many times; no range is narrower than the model's average error. They hold only for tasks like "
        "those that the model was tested on, in English.",
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


def _range(interval: Mapping[str, float]) -> str:
    low, high = round(100 * interval["low"]), round(100 * interval["high"])
    if low == high:  # no share is known to a point
        low, high = max(0, low - 1), min(100, high + 1)
    return f"{low}–{high} %"


def _amount(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 10 or float(value).is_integer() else f"{value:,.1f}"
    return f"{number} {unit}".rstrip()
