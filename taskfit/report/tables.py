"""The tables of the page: groups, scenarios, wishes, the queue, findings, all tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from taskfit.labels import LABELS
from taskfit.report.wishes import ZONES
from taskfit.report.words import amount, guard_cells, guard_heads, listed, named, percents, region, whose, wished

__all__ = ["all_tasks", "findings", "groups", "queue", "scenarios", "wishes"]

#: Groups that stand in a table at once; the lighter ones are folded away.
SHOWN = 20


def groups(summary: Mapping[str, Any]) -> str:
    """Return a table a group column, the heaviest groups first."""
    parts = []
    for name, found in zip(summary["by"], (summary["groups"], summary["second"]), strict=False):
        if found:
            parts.append(_heat(str(name), found[:SHOWN], summary["unit"], f"By {name}"))
        if rest := found[SHOWN:]:
            table = _heat(str(name), rest, summary["unit"], f"By {name}, the rest")
            parts.append(f"<details><summary>{len(rest):,} lighter ones</summary>{table}</details>")
    return f"<section><h2>Where the work lies</h2>{''.join(parts)}</section>" if parts else ""


def _heat(name: str, found: Sequence[Mapping[str, Any]], unit: str, caption: str) -> str:
    heads = "".join(f"<th scope='col'>{label}</th>" for label in LABELS)
    table = (
        f"<table><caption>{named(caption)}, in {_measure(unit)}</caption><thead><tr><th scope='col'>{named(name)}</th>"
        f"<th scope='col' class='n'>{escape(unit)}</th>{heads}<th scope='col' class='n'>to review</th>"
        f"{guard_heads(unit)}</tr></thead><tbody>{''.join(_group(group, unit) for group in found)}</tbody></table>"
    )
    return region(caption, table)


def _group(group: Mapping[str, Any], unit: str) -> str:
    head = f"<th scope='row'>{named(next(iter(group['group'].values())))}</th>"
    if not group["weight"]:  # nothing is known of shares of nothing
        return f"<tr>{head}<td class='n'>0</td>{'<td class=n>–</td>' * (len(LABELS) + 5)}</tr>"
    cells = "".join(
        f"<td class='heat {label}' style='--share:{group['shares'][label]['expected']:.2f}'>"
        f"{percents(group['shares'][label])}</td>"
        for label in LABELS
    )
    return (
        f"<tr>{head}<td class='n'>{amount(group['weight'], unit, bare=True)}</td>{cells}"
        f"<td class='n'>{group['review']:.0%}</td>{guard_cells(group['guard'], unit)}</tr>"
    )


def scenarios(summary: Mapping[str, Any]) -> str:
    """Return what each named policy would decide, with its measured error."""
    rows = []
    for entry in summary["scenarios"]:
        measured = "not measured"
        if entry["measured_error"] is not None:
            measured = f"{entry['measured_error']:.1%} (at most {entry['measured_upper']:.1%})"
        rows.append(
            f"<tr><th scope='row'>{escape(entry['policy'])}</th>{guard_cells(entry['guard'], summary['unit'])}"
            f"<td class='n'>{measured}</td></tr>"
        )
    table = (
        f"<table><thead><tr><th scope='col'>policy</th>{guard_heads(summary['unit'])}<th scope='col' class='n'>"
        "human-essential called automatable when tested (95 % bound)</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return (
        "<section><h2>If mistakes cost more, or less</h2><p>Each row is a named policy of the model, not a mood: what "
        "it would call automatable here, and what it got wrong on test tasks. What people or barriers settled stays "
        f"as it is.</p>{region('Policies', table)}</section>"
    )


def wishes(summary: Mapping[str, Any]) -> str:
    """Return people's wishes beside the fit, and what they would rather keep."""
    zones, unit = summary["zones"], summary["unit"]
    if not zones:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{name}</th><td>{meaning}</td>"
        f"<td class='n'>{amount(zones['weight'][name], unit, bare=True)}</td>"
        f"{guard_cells(zones['guards'][name], unit)}</tr>"
        for name, meaning in ZONES.items()
    )
    table = (
        f"<table><caption>Without an answer: {amount(zones['unknown'], unit)}</caption><thead><tr>"
        f"<th scope='col'>zone</th><th scope='col'>meaning</th><th scope='col' class='n'>{escape(unit)}</th>"
        f"{guard_heads(unit)}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        f"<section><h2>What people wish</h2><p>From column {named(zones['column'])}: above {zones['neutral']:g} people "
        f"would like the task to be automated, below it they would rather keep it, {zones['neutral']:g} is no "
        f"preference.</p>{region('Wishes', table)}{_red(zones['red'], unit)}</section>"
    )


def _red(teams: Sequence[Mapping[str, Any]], unit: str) -> str:
    if not teams:
        return ""
    rows = []
    for team in teams:
        tasks = listed(
            [f"{named(entry['text'])} {whose({**entry, 'team': ''}, wished(entry), amount(entry['weight'], unit))}"
             for entry in team["heaviest"]]
        )  # fmt: skip
        rows.append(
            f"<tr><th scope='row'>{named(team['team'] or 'all')}</th><td class='wide'>{tasks}</td>"
            f"<td class='n'>{amount(team['weight'], unit, bare=True)}</td>{guard_cells(team['guard'], unit)}</tr>"
        )
    table = (
        "<table><thead><tr><th scope='col'>team</th><th scope='col'>heaviest tasks</th><th scope='col' class='n'>"
        f"{escape(unit)}</th>{guard_heads(unit)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return f"<h3>Red light: what people would rather keep</h3>{region('Red light, by team', table)}"


def queue(summary: Mapping[str, Any], nearest: Mapping[int, Sequence[str]]) -> str:
    """Return the tasks that a person should decide, with the nearest labelled tasks."""
    unit, rows = summary["unit"], []
    for entry in summary["queue"]:
        evidence = listed([named(text) for text in nearest.get(entry["row"], ())], style="near")
        chances = " · ".join(f"{value:.0%}" for value in entry["probabilities"])
        settled = f"<div class='soft'>settled by {entry['settled']}</div>" if entry["settled"] else ""
        owner = whose(entry, f"line {entry['line']}", wished(entry))
        rows.append(
            f"<tr><td class='wide'>{named(entry['text'])}<div>{owner}</div>{evidence}</td>"
            f"<td><span class='tag {escape(entry['label'])}'>{escape(entry['label'])}</span>{settled}</td>"
            f"<td class='n'>{chances}</td><td class='n'>{amount(entry['weight'], unit, bare=True)}</td>"
            f"<td>{named(entry['note'])}</td></tr>"
        )
    body = "".join(rows) or "<tr><td colspan='5'>Nothing waits for review.</td></tr>"
    table = (
        "<table><thead><tr><th scope='col'>task</th><th scope='col'>label</th><th scope='col' class='n'>automatable · "
        f"augmentable · human-essential</th><th scope='col' class='n'>{escape(unit)}</th><th scope='col'>why</th></tr>"
        f"</thead><tbody>{body}</tbody></table>"
    )
    return (
        "<section><h2>Look at these first</h2><p>Tasks that a person should decide, the doubt that weighs most first. "
        "Below a task: the nearest labelled tasks, with their likeness from 0 to 1.</p>"
        f"{region('Tasks to look at', table)}</section>"
    )


def findings(summary: Mapping[str, Any]) -> str:
    """Return what should be mended in the inventory, folded away."""
    unit = summary["unit"]
    if not summary["findings"]:
        return ""
    rows = "".join(
        f"<tr><td>{escape(finding['kind'].replace('_', ' '))}</td><td class='wide'>{named(finding['text'])}</td>"
        f"<td class='wide'>{named(finding['message'])}</td><td class='n'>{_lines(finding['lines'])}</td>"
        f"<td class='n'>{amount(finding['weight'], unit, bare=True)}</td></tr>"
        for finding in summary["findings"]
    )
    table = (
        "<table><thead><tr><th scope='col'>what</th><th scope='col'>task</th><th scope='col'>advice</th>"
        f"<th scope='col' class='n'>lines</th><th scope='col' class='n'>{escape(unit)}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    return (
        f"<section><h2>Mend the inventory</h2><details><summary>{len(summary['findings'])} findings: doubled, "
        f"compound, vague or oddly weighted tasks</summary>{region('Findings', table)}</details></section>"
    )


def all_tasks(summary: Mapping[str, Any]) -> str:
    """Return the frame of the table that the script fills."""
    group = escape(str(summary["by"][0])) if summary["by"] else "group"
    labels = "".join(f"<option>{label}</option>" for label in LABELS)
    heads = [("task", 1, "wide"), (group, 0, ""), ("role", 2, ""), ("label", 3, ""), ("sure", 4, "n"),
             (escape(summary["unit"]), 7, "n"), ("review", 10, "")]  # fmt: skip
    if summary["zones"]:
        heads.append(("wish", 11, "n"))
    columns = "".join(
        f"<th scope='col' class='{kind}'><button type='button' data-sort='{at}'>{name}</button></th>"
        for name, at, kind in heads
    )
    table = f"<table><thead><tr>{columns}</tr></thead><tbody id='rows'></tbody></table>"
    return (
        "<section id='tasks'><h2>All tasks</h2><div class='controls'>"
        "<label>Search <input id='search' type='search'></label>"
        f"<label>{group} <select id='team'><option value=''>all</option></select></label>"
        f"<label>Label <select id='label'><option value=''>all</option>{labels}</select></label>"
        "<label class='line'><input id='look' type='checkbox'> only tasks to review</label></div>"
        "<p class='soft' id='count' role='status' aria-live='polite'></p>"
        f"{region('All tasks', table)}<div class='controls'><button type='button' id='back'>Previous</button>"
        "<button type='button' id='next'>Next</button></div></section>"
    )


def _measure(unit: str) -> str:
    return "per cent of a role's whole time" if unit == "share" else escape(unit)


def _lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:6])) + (" …" if len(lines) > 6 else "")
