"""The README promises what the code does."""

import re
import shlex

import openpyxl
import pytest
from click.testing import CliRunner

from taskfit.bundle import find, inspect
from taskfit.card import model_card
from taskfit.cli import _COMMANDS, main
from taskfit.cli._boundary import BUG, FAILED, GATE, INTERRUPTED
from taskfit.policy import POLICIES
from taskfit.scoring import FIT_COLUMNS


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text("utf-8")


def test_every_command_column_and_policy_is_documented(readme):
    listed = re.search(r"## Command line\n+```console\n(.*?)```", readme, re.S).group(1)
    assert set(_COMMANDS) == set(re.findall(r"^taskfit (\w+)", listed, re.M))
    for column in FIT_COLUMNS:
        assert f"`{column}`" in readme
    for policy in POLICIES:
        assert f"`{policy}`" in readme


def test_every_status_is_documented(readme, root):
    source = (root / "taskfit" / "scoring" / "screen.py").read_text("utf-8")
    found = set(re.findall(r'Finding\(\s*"(\w+)"', source))
    assert len(found) > 4
    for status in {*found, "truncated", "ragged"}:
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
    marked = re.findall(r"<!-- run: (\w+) -->\n```console\n", readme)
    assert len(marked) == readme.count("<!-- run:") == 2
    assert set(marked) == {*re.findall(r"\brun_block (\w+)\)", script), *re.findall(r"\breadme_block (\w+)\)", script)}


def test_the_exit_codes_are_those_of_the_boundary(readme):
    sentence = re.search(r"^Exit codes: (.*?)\.$", readme, re.S | re.M).group(1)
    assert [int(code) for code in re.findall(r"(?:^|; |;\n)(\d+)", sentence)] == [0, FAILED, 2, BUG, GATE, INTERRUPTED]


def test_the_way_from_inventory_to_decision_can_be_walked(readme, root, tmp_path, monkeypatch):
    block = re.search(r"## From inventory to decision\n+```console\n(.*?)```", readme, re.S).group(1)
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    walked = []
    for line in block.splitlines():
        program, command, *arguments = shlex.split(line)
        assert program == "taskfit"
        if command == "train":
            continue  # it takes minutes; tests/cli/test_commands.py trains
        result = CliRunner().invoke(main, [command, *arguments])
        assert result.exit_code == 0, f"{line}\n{result.stderr}"
        walked.append(f"{command} {arguments[0]}")
        if walked[-1] == "review export":
            _decide_one("sheet.xlsx")
    assert len(walked) == len(block.splitlines()) - 1
    assert "reviewed" in (tmp_path / "next.csv").read_text("utf-8")


def _decide_one(sheet):
    """Fill the first row of a sheet as a person would."""
    book = openpyxl.load_workbook(sheet)
    header, first, *_ = book["Review"].iter_rows()
    filled = {"decision": "human-essential", "reviewer": "Ada", "date": "2026-11-20", "reason": "a person must hear it"}
    for name, cell in zip(header, first, strict=True):
        if name.value in filled:
            cell.value = filled.pop(name.value)
    assert not filled
    book.save(sheet)


def test_the_figures_are_those_of_the_shipped_model(readme):
    rows = ("| taskfit", "| majority", "| keyword", "| TF-IDF", "| balanced", "| cautious", "| strict")
    quoted = [line for line in model_card(inspect(find(None))).splitlines() if line.startswith(rows)]
    assert len(quoted) > len(rows)
    assert [line for line in quoted if line not in readme] == []
