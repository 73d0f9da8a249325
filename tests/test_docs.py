"""The README promises what the code does."""

import re

import pytest
from click.testing import CliRunner

from taskfit.bundle import find, inspect
from taskfit.card import model_card
from taskfit.cli import _COMMANDS, main
from taskfit.policy import POLICIES
from taskfit.scoring import FIT_COLUMNS


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text("utf-8")


def test_every_command_column_and_policy_is_documented(readme):
    for name in _COMMANDS:
        assert f"taskfit {name}" in readme
    for column in FIT_COLUMNS:
        assert f"`{column}`" in readme
    for policy in POLICIES:
        assert f"`{policy}`" in readme


def test_every_status_is_documented(readme, root):
    source = (root / "taskfit" / "scoring" / "screen.py").read_text("utf-8")
    for status in {*re.findall(r'Finding\("(\w+)"', source), "truncated", "ragged"}:
        assert f"`{status}`" in readme


def test_the_python_example_runs(readme, capsys):
    code = re.search(r"```python\n(.*?)```", readme, re.S).group(1)
    exec(compile(code, "README.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("automatable")
    assert second.startswith("human-essential")


def test_every_module_stands_in_the_architecture(readme, root):
    package = root / "taskfit"
    places = [path for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    for path in places:
        if path.name not in {"__init__.py", "__main__.py"}:
            name = f"taskfit/{path.name}" + ("/" if path.is_dir() else "")
            assert f"`{name}`" in readme, name


def test_both_commands_of_the_readme_are_the_ones_ci_runs(readme, root):
    script = (root / ".ci" / "run").read_text("utf-8")
    for block in re.findall(r"<!-- run: (\w+) -->", readme):
        assert block in script


def test_help_of_every_command_names_only_documented_exit_codes(readme):
    for code in ("0 done", "1 a foreseen failure", "2 usage", "3 a bug", "4 a quality gate", "130"):
        assert code in readme
    assert CliRunner().invoke(main, ["--help"]).exit_code == 0


def test_the_figures_are_those_of_the_shipped_model(readme):
    rows = ("| taskfit", "| majority", "| keyword", "| TF-IDF", "| balanced", "| cautious", "| strict")
    quoted = [line for line in model_card(inspect(find(None))).splitlines() if line.startswith(rows)]
    assert len(quoted) > len(rows)
    assert [line for line in quoted if line not in readme] == []
