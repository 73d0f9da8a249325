"""What should people know of a model before they rely on it? A model card, filled from its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfit.evaluation import Metrics
from taskfit.labels import LABELS

__all__ = ["model_card"]

_INTENDED = """\
Meant for redesigning work: sorting the tasks of an inventory into what technology may do, what it may help with and
what people must do, with a person looking at every task that is marked for review. Labels are about tasks and the
quality that their receivers get.

Not meant for deciding about anybody's job, pay or performance, for rating people, or for acting on a label without a
person who answers for it. The figures hold for tasks like those tested; measure your own with `taskfit evaluate`."""

_LIMITS = """\
- English. Other languages are marked for review.
- Labels of training and test are drafted from one rubric (`data/README.md`); other people may read it otherwise.
- A few words decide. A task that names neither its receiver nor its stakes is labelled by its commonest context.
- Long texts are cut, and only their beginning is read (`fit_status` says so)."""


def model_card(manifest: Mapping[str, Any]) -> str:
    """Return a model card in Markdown (after Mitchell et al. 2019, "Model cards for model reporting").

    Parameters
    ----------
    manifest : mapping
        As `taskfit.bundle.inspect` returns it.
    """
    figures = [Metrics.from_dict(fields) for fields in manifest.get("figures", [])]
    sections = [
        f"# Model card: {manifest.get('name', 'unnamed')}",
        _summary(manifest),
        f"## Intended and unfit uses\n\n{_INTENDED}",
        f"## Data\n\n{_data(manifest)}",
        f"## Recipe\n\n{_recipe(manifest)}",
    ]
    if figures:
        sections.append(f"## Figures\n\n{manifest.get('protocol', '').capitalize()}.\n\n{_figures(figures)}")
        sections.append(f"## By label\n\n{_by_label(figures[-1])}")
    if manifest.get("policies"):
        sections.append(f"## Policies\n\n{_policies(manifest['policies'])}")
    sections.append(f"## Limits\n\n{_LIMITS}")
    sections.append(f"## Licences\n\n{_licences(manifest)}")
    return "\n\n".join(sections) + "\n"


def _summary(manifest: Mapping[str, Any]) -> str:
    size = sum(entry["bytes"] for entry in manifest["files"].values()) / 1e6
    roles = "reads roles" if manifest.get("reads_roles") else "reads no roles"
    return (
        f"Made {manifest.get('created', 'at an unknown date')}; {size:.1f} MB, format {manifest['format']}, label "
        f"schema `{manifest['schema']}`, encoder fingerprint `{manifest['encoder']['fingerprint']}`; {roles}."
    )


def _data(manifest: Mapping[str, Any]) -> str:
    data = manifest.get("data", {})
    return (
        f"`{data.get('file')}`: {data.get('tasks', 0):,} labelled tasks, {data.get('fitted_on', 0):,} of them fitted "
        f"on. SHA-256 of texts and labels: `{data.get('sha256')}`."
    )


def _recipe(manifest: Mapping[str, Any]) -> str:
    training = manifest.get("training", {})
    lines = [f"- head: {training.get('head', 'unknown')}"]
    if training.get("base"):
        lines.append(f"- encoder: {training['base']}, taught with the heads")
    if training.get("settings"):
        lines.append("- settings: " + ", ".join(f"{name} {value}" for name, value in training["settings"].items()))
    for epoch in training.get("epochs", []):
        lines.append(f"- epoch {epoch['number']}: loss {epoch['loss']:.3f}, dev accuracy {epoch['accuracy']:.1%}")
    if training.get("seconds"):
        lines.append(f"- time: {training['seconds'] / 60:.0f} minutes, measuring included, on one processor")
    libraries = ", ".join(f"{name} {number}" for name, number in training.get("libraries", {}).items())
    lines.append(f"- seed {training.get('random_state')}; {libraries}")
    return "\n".join(lines)


def _figures(figures: Sequence[Metrics]) -> str:
    rows = [
        "| | accuracy | macro-F1 | kappa | calibration error | human-essential called automatable | surest 75 % |",
        "|---|---|---|---|---|---|---|",
    ]
    for metrics in figures:
        low, high = metrics.intervals.get("accuracy", (None, None))
        interval = "" if low is None or high is None else f" [{low:.1%}, {high:.1%}]"
        calibration = "–" if metrics.calibration_error is None else f"{metrics.calibration_error:.3f}"
        surest = "–" if metrics.confident_accuracy is None else f"{metrics.confident_accuracy:.1%}"
        mistakes = f"{metrics.human_called_automatable_count} of {metrics.human_count}"
        rows.append(
            f"| {metrics.name} | {metrics.accuracy:.1%}{interval} | {metrics.macro_f1:.3f} | {metrics.kappa:.3f} | "
            f"{calibration} | {mistakes} | {surest} |"
        )
    return "\n".join(rows) + "\n\nThe likeliest label counts; 95 % intervals in brackets."


def _by_label(metrics: Metrics) -> str:
    rows = [f"{metrics.name}:", "", "| label | precision | recall | F1 | tasks |", "|---|---|---|---|---|"]
    for label in LABELS:
        scores = metrics.per_label[label]
        rows.append(
            f"| {label} | {scores['precision']:.1%} | {scores['recall']:.1%} | {scores['f1']:.3f} | "
            f"{scores['support']:.0f} |"
        )
    return "\n".join(rows)


def _policies(policies: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        "| policy | accuracy | human-essential called automatable (95 % bound) | to review | accuracy of the rest |",
        "|---|---|---|---|---|",
    ]
    for name, result in policies.items():
        rows.append(
            f"| {name} | {result['accuracy']:.1%} | {result['human_called_automatable']:.1%} "
            f"({result['human_called_automatable_upper']:.1%}) | {result['review']:.1%} | "
            f"{result['accuracy_without_review']:.1%} |"
        )
    return "\n".join(rows)


def _licences(manifest: Mapping[str, Any]) -> str:
    base = manifest.get("training", {}).get("base")
    encoder = f"Encoder: taught from {base}" if base else "Encoder: as the model it came from"
    return f"{encoder} (all-MiniLM-L6-v2: Apache 2.0). Corpus and heads of the shipped model: CC BY 4.0."
