"""Options that several commands share, each a decorator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["group_option", "json_option", "label_option", "model_options", "policy_option", "text_option"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

text_option = click.option(
    "--text",
    metavar="COL",
    help="Column with the tasks; found by its name (task, description, activity, ...) if left out.",
)
label_option = click.option("--label", metavar="COL", help="Column with the labels; found by its name if left out.")
group_option = click.option(
    "--group", metavar="COL", help="Column that is never split between training and test; the role if left out."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
policy_option = click.option(
    "--policy",
    default="cautious",
    show_default=True,
    metavar="NAME|FILE",
    help="balanced, cautious, strict, or a JSON file: what mistakes cost and what goes to review.",
)


def model_options(function: _Function) -> _Function:
    """Add ``--model``, ``--tier`` and ``--trust``."""
    function = click.option("--trust", is_flag=True, help="Load a model even if it can run code (a joblib head).")(
        function
    )
    function = click.option(
        "--tier",
        default="accurate",
        show_default=True,
        metavar="accurate|fast",
        help="fast: static vectors, many times quicker and a little less often right.",
    )(function)
    return click.option("--model", metavar="NAME|DIR", help="A shipped model or a bundle's folder.")(function)
