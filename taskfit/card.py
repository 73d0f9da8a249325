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
        sections.append(f"## By label\n\n{_by_label(_main(figures))}")
    if manifest.get("policies"):
        sections.append(f"## Policies\n\n{_policies(manifest['policies'])}")
    if manifest.get("profile"):
        sections.append(f"## Confidence and doubt\n\n{_profile(manifest['profile'])}")
    if manifest.get("familiar"):
        sections.append(
            "## Unlike anything taught\n\nA task whose nearest taught one has a cosine below "
            f"{manifest['familiar']:.2f} goes to a person (accurate tier); so do 3 % of the tasks of unseen roles."
        )
    sections.append(f"## Limits\n\n{_LIMITS}")
    sections.append(f"## Licences\n\n{_licences(manifest)}")
    return "\n\n".join(sections) + "\n"


def _summary(manifest: Mapping[str, Any]) -> str:
    size = sum(entry["bytes"] for entry in manifest["files"].values()) / 1e6
    roles = "reads roles" if manifest.get("reads_roles") else "reads no roles"
    return (
        f"Made {manifest.get('created', 'at an unknown date')}; {size:.1f} MB, format {manifest['format']}, label "
        f"schema `{manifest['schema']}`; {roles}.\n\n"
        + "\n".join(
            f"- {name} tier: {tier['dimension']} dimensions, encoder fingerprint `{tier['fingerprint']}`"
            for name, tier in manifest["tiers"].items()
        )
    )


def _data(manifest: Mapping[str, Any]) -> str:
    data = manifest.get("data", {})
    lines = [
        f"- `{file['name']}`: {file['tasks']:,} labelled tasks; SHA-256 of texts and labels `{file['sha256']}`"
        for file in data.get("files", [])
    ]
    return "\n".join([*lines, f"\nFitted on {data.get('fitted_on', 0):,} of them."])


def _recipe(manifest: Mapping[str, Any]) -> str:
    training = manifest.get("training", {})
    lines = [f"- head: {training.get('head', 'unknown')}"]
    if training.get("base"):
        lines.append(f"- encoder: {training['base']}, taught with the heads")
    if training.get("teacher"):
        lines.append(f"- teacher: {training['teacher']}, taught the same first; the encoder learned its answers too")
    if training.get("settings"):
        lines.append("- settings: " + ", ".join(f"{name} {value}" for name, value in training["settings"].items()))
    for who, passes in (("teacher, epoch", "teacher_epochs"), ("epoch", "epochs")):
        for epoch in training.get(passes, []):
            lines.append(f"- {who} {epoch['number']}: loss {epoch['loss']:.3f}, dev accuracy {epoch['accuracy']:.1%}")
    if "as_in_floats" in training:
        lines.append(
            f"- arithmetic: 8-bit integers give {training['as_in_floats']:.2%} of tasks the label of 32-bit floats"
        )
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


def _main(figures: Sequence[Metrics]) -> Metrics:
    """Return the figures of the model itself: not a baseline, not the fast tier, roles known where they were told."""
    named = {metrics.name: metrics for metrics in figures}
    return named.get("taskfit, role known") or named.get("taskfit") or figures[-1]


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
        "| policy | accuracy | human-essential called automatable (95 % bound) | to review | accuracy of the rest | "
        "human-essential automated without review |",
        "|---|---|---|---|---|---|",
    ]
    for name, result in policies.items():
        rows.append(
            f"| {name} | {result['accuracy']:.1%} | {result['human_called_automatable']:.1%} "
            f"({result['human_called_automatable_upper']:.1%}) | {result['review']:.1%} | "
            f"{result['accuracy_without_review']:.1%} | {result['human_automated_without_review']} |"
        )
    return "\n".join(rows)


def _profile(profile: Mapping[str, Any]) -> str:
    parts = [_reliability(profile["reliability"])]
    curve = ", ".join(f"{accuracy:.1%} of the surest {share:.0%}" for share, accuracy in profile["surest"])
    parts.append(f"Right labels: {curve}.")
    if profile.get("label_sets"):
        parts.append(_label_sets(profile["label_sets"]))
    if profile.get("drivers"):
        areas = ", ".join(f"{name} {area:.3f}" for name, area in profile["drivers"].items())
        mean = sum(profile["drivers"].values()) / len(profile["drivers"])
        parts.append(f'Area under the ROC curve of "decisive": {areas}; mean {mean:.3f}.')
    if profile.get("families"):
        families = profile["families"]
        parts.append(f"Contrast families with every member right: {families['all_right']} of {families['families']}.")
    return "\n\n".join(parts)


def _reliability(bins: Sequence[Sequence[float]]) -> str:
    """Draw a reliability diagram that any reader of text can see: bars of confidence and of accuracy."""
    lines = ["```", "confidence  accuracy  tasks"]
    for confidence, accuracy, count in bins:
        bar = "".join("█" if at / 40 < accuracy else " " for at in range(40))
        at = min(39, int(confidence * 40))
        lines.append(f"{confidence:>9.1%} {accuracy:>9.1%} {count:>6,.0f}  {bar[:at]}|{bar[at + 1 :]}".rstrip())
    return "\n".join(
        [*lines, "```", "", "Bars: accuracy. The stroke: confidence; calibrated bars end at their stroke."]
    )


def _label_sets(by_coverage: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        "Label sets: how often they hold the true label, against the promise.",
        "",
        "| promised | " + " | ".join(LABELS) + " | labels a set | single label |",
        "|---|" + "---|" * (len(LABELS) + 2),
    ]
    for coverage, result in by_coverage.items():
        covered = " | ".join(f"{result['covered'].get(label, float('nan')):.1%}" for label in LABELS)
        rows.append(f"| {float(coverage):.0%} | {covered} | {result['size']:.2f} | {result['single']:.1%} |")
    return "\n".join(rows)


def _licences(manifest: Mapping[str, Any]) -> str:
    training = manifest.get("training", {})
    base, teacher = training.get("base"), training.get("teacher")
    encoder = f"Encoder: taught from {base}" if base else "Encoder: as the model it came from"
    by = f", by the answers of {teacher}" if teacher else ""
    return (
        f"{encoder}{by} (the shipped model's: Apache 2.0). Corpus and heads of the shipped model: "
        "CC BY 4.0. It also learned from task statements of O*NET (U.S. Department of Labor, CC BY 4.0), labelled for "
        "this project."
    )
