"""``taskfit models``: what models are there, and are they sound?"""

from __future__ import annotations

import json
from typing import Any

import click

from taskfit.cli._options import json_option


@click.group("models")
def command() -> None:
    """List, describe and verify models.

    \b
    Examples:
      taskfit models list
      taskfit models info base
      taskfit models card base > card.md
      taskfit models verify my-model
    """


@command.command("list")
def list_() -> None:
    """List the models that came with taskfit."""
    from taskfit.bundle import inspect
    from taskfit.shipped import model_folders

    for name, folder in model_folders().items():
        manifest = inspect(folder)
        size = sum(entry["bytes"] for entry in manifest["files"].values())
        click.echo(f"{name}\t{size / 1e6:.1f} MB\t{manifest['data']['fitted_on']:,} labelled tasks")


@command.command("info")
@click.argument("model", required=False)
@json_option
def info(model: str | None, as_json: bool) -> None:
    """Say what a model is, what it was trained on and how well it does."""
    from taskfit.bundle import find, inspect
    from taskfit.evaluation import render_table

    manifest = inspect(find(model))
    if as_json:
        click.echo(json.dumps(manifest, indent=2, ensure_ascii=False))
        return
    for line in _lines(manifest):
        click.echo(line)
    click.echo(f"\n{manifest.get('protocol', 'no figures')}\n")
    click.echo(render_table(_figures(manifest)))


@command.command("verify")
@click.argument("model", required=False)
@click.option("--trust", is_flag=True, help="Also run the self-test of a model that can run code.")
def verify(model: str | None, trust: bool) -> None:
    """Check every byte of a model, then score its self-test sentences."""
    from taskfit import bundle
    from taskfit.errors import BundleDamagedError

    folder = bundle.find(model)
    manifest = bundle.verify(folder)
    difference = max(bundle.self_test(bundle.load(folder, tier=tier, trust=trust), tier) for tier in manifest["tiers"])
    if difference > bundle.SELF_TEST_TOLERANCE:
        raise BundleDamagedError(
            f"{folder} answers its self-test {difference:.4f} away from what was recorded "
            f"(allowed: {bundle.SELF_TEST_TOLERANCE}); train it again on this machine"
        )
    click.echo(f"{folder}: {len(manifest['files'])} files sound; self-test within {difference:.6f}")


@command.command("card")
@click.argument("model", required=False)
@click.option("--pack", metavar="DIR", help="Write documents for staff and works council into a folder instead.")
@click.option("--scored", metavar="SCORED", help="A scored file whose run the pack describes.")
@click.option("--force", is_flag=True, help="Replace documents that are there, with what people wrote in them.")
def card(model: str | None, pack: str | None, scored: str | None, force: bool) -> None:
    """Write a model's card in Markdown to stdout: uses, data, recipe, figures, limits."""
    from taskfit.bundle import find, inspect
    from taskfit.card import model_card

    manifest = inspect(find(model))
    if pack is None:
        click.echo(model_card(manifest), nl=False)
        return
    from taskfit.pack import works_council_pack

    _write_pack(works_council_pack(manifest, _run(scored) if scored else None), pack, force=force)


def _run(scored: str) -> dict[str, Any]:
    from taskfit.errors import InventoryError
    from taskfit.runrecord import beside, read_record

    record = read_record(scored)
    if record is None:
        raise InventoryError(f"no {beside(scored)}, so nothing is known of the run: score again, or leave --scored out")
    return record


def _write_pack(documents: dict[str, str], folder: str, *, force: bool) -> None:
    """Write each document in Markdown and in HTML."""
    from html import escape
    from importlib.resources import files
    from pathlib import Path

    from markdown_it import MarkdownIt

    from taskfit.errors import OutputError
    from taskfit.inventory import atomic_text

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    style = files("taskfit.report").joinpath("page.css").read_text(encoding="utf-8")
    target = Path(folder)
    names = [path for name in documents for path in (name, str(Path(name).with_suffix(".html")))]
    if (there := [name for name in names if (target / name).exists()]) and not force:
        raise OutputError(
            f"{folder} has {', '.join(there)}, maybe with what people wrote in them: choose another folder, or --force "
            "to replace them"
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            title = escape(text.splitlines()[0].lstrip("# "))
            page = (
                f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>\n{style}'
                f"</style></head><body><main>\n{markdown.render(text)}</main></body></html>\n"
            )
            for path, content in ((target / name, text), ((target / name).with_suffix(".html"), page)):
                with atomic_text(path) as file:
                    file.write(content)
    except OSError as error:
        raise OutputError(f"cannot write into {folder} ({error}): choose another folder") from error
    click.echo(f"{folder}: {', '.join(documents)}, each in Markdown and HTML", err=True)


def _lines(manifest: dict[str, Any]) -> list[str]:
    data, training = manifest.get("data", {"files": [], "fitted_on": 0}), manifest.get("training", {})
    libraries = ", ".join(f"{name} {number}" for name, number in training.get("libraries", {}).items())
    return [
        f"name           {manifest.get('name')}",
        f"created        {manifest.get('created')}",
        f"format         {manifest['format']}, label schema {manifest['schema']}",
        *(
            f"{f'{name} tier':<14} {tier['dimension']} dimensions, encoder fingerprint {tier['fingerprint']}"
            for name, tier in manifest["tiers"].items()
        ),
        f"head           {training.get('head')}",
        *(f"data           {file['name']}: {file['tasks']} tasks, sha256 {file['sha256']}" for file in data["files"]),
        f"fitted on      {data['fitted_on']} of them",
        f"made with      {libraries}, seed {training.get('random_state')}",
    ]


def _figures(manifest: dict[str, Any]) -> list[Any]:
    from taskfit.evaluation import Metrics

    return [Metrics.from_dict(fields) for fields in manifest.get("figures", [])]
