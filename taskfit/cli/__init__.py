"""How do people run it? One file a command; each turns options into one library call and says what came of it."""

from __future__ import annotations

import importlib
from typing import Any

import click

from taskfit.cli._boundary import boundary

__all__ = ["main"]

# Commands and where they live; a module is imported when its command is asked for.
_COMMANDS = {
    "compare": "compare",
    "data": "data",
    "evaluate": "evaluate",
    "explain": "explain",
    "models": "models",
    "report": "report",
    "review": "review",
    "score": "score",
    "train": "train",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"taskfit.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with boundary():  # help and versions are written before any command is invoked
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        with boundary():
            return super().invoke(ctx)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"taskfit {version('taskfit')}")
        ctx.exit()


@click.group(
    "taskfit", cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit."
)
def main() -> None:
    """What work is best done by people, and what by technology?

    taskfit labels every task of an inventory automatable, augmentable or human-essential. Everything stays on this
    machine.

    \b
    Examples:
      taskfit score inventory.csv -o scored.csv
      taskfit explain "Tell a family that a claim is refused"
      taskfit train labelled.csv -o my-model
    """
