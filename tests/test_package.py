"""The public face: exports, start-up, layers, and what the documents promise."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import taskfit


def test_the_export_list_is_sorted_and_complete():
    assert taskfit.__all__ == sorted(taskfit.__all__, key=lambda name: (name.upper() != name, name))
    for name in taskfit.__all__:
        assert getattr(taskfit, name) is not None
    assert set(taskfit.__all__) <= set(dir(taskfit))


def test_the_version_is_the_installed_one():
    assert taskfit.__version__ == version("taskfit")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = taskfit.nonsense


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(output.stdout.splitlines()[-1].split())


HEAVY = {"torch", "sklearn", "pandas", "numpy", "onnxruntime", "arro3", "sentence_transformers", "tokenizers"}


def test_importing_taskfit_loads_nothing_heavy():
    assert not loaded_by("import taskfit") & HEAVY


def test_help_loads_nothing_heavy():
    code = "from taskfit.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert not loaded_by(code) & HEAVY


def test_scoring_loads_neither_torch_nor_scikit_learn_nor_pandas():
    code = "import taskfit; taskfit.load().assess(['Match invoices'])"
    assert not loaded_by(code) & {"torch", "sklearn", "pandas", "sentence_transformers", "arro3"}


def test_the_layers_hold(root):
    output = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert output.returncode == 0, output.stdout + output.stderr
