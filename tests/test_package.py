"""The public face: exports, start-up, layers, and what the documents promise."""

import configparser
import importlib
import pkgutil
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


def test_the_engines_are_reached_by_their_names_on_first_use():
    assert not loaded_by("import taskfit; taskfit.distributed") & HEAVY
    code = "import taskfit; assert taskfit.distributed.dask.score_frame and taskfit.distributed.spark.score_frame"
    assert not loaded_by(code) & {"dask", "pyspark", "distributed"}
    with pytest.raises(AttributeError, match="nonsense"):
        _ = taskfit.distributed.nonsense


def test_only_the_command_line_may_see_click(root):
    contracts = configparser.ConfigParser()
    contracts.read(root / "setup.cfg")
    named = set(contracts["importlinter:contract:click"]["source_modules"].split())
    there = {f"taskfit.{module.name}" for module in pkgutil.iter_modules(taskfit.__path__)}
    assert named == there - {"taskfit.cli", "taskfit.__main__"}


def test_the_layers_hold(root):
    output = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert output.returncode == 0, output.stdout + output.stderr


def test_every_export_comes_from_its_home_and_is_the_same_object_each_time():
    for name, home in taskfit._HOMES.items():
        module = importlib.import_module(f"taskfit.{home}")
        assert getattr(taskfit, name) is getattr(module, name) is getattr(taskfit, name)
    assert set(taskfit._HOMES) == set(taskfit.__all__)


def test_names_of_python_are_looked_up_in_vain_without_harm():
    for name in ("__wrapped__", "_private", "Load", ""):
        with pytest.raises(AttributeError, match="module 'taskfit' has no attribute"):
            getattr(taskfit, name)
    assert not hasattr(taskfit, "train")
