import inspect
import re

import pytest

from taskfit import errors
from taskfit.errors import MissingExtraError, TaskfitError


def test_every_error_has_the_one_root_and_is_exported():
    defined = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert defined == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), TaskfitError) for name in defined)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code():
    drawn, path = {}, []
    for line in errors.__doc__.splitlines():
        if found := re.match(r"([│ ]*)[├└]── (\w+)", line):
            path[len(found.group(1)) // 4 :] = [found.group(2)]
            drawn[found.group(2)] = path[-2] if len(path) > 1 else "TaskfitError"
    parents = {name: getattr(errors, name).__base__.__name__ for name in errors.__all__ if name != "TaskfitError"}
    assert drawn == parents


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_is_told_from_a_bug(name):
    kind = getattr(errors, name)
    assert kind.__doc__
    assert not issubclass(kind, (OSError, ValueError, ArithmeticError, LookupError))


def test_a_missing_extra_names_the_command_that_installs_it():
    error = MissingExtraError("dask", "dask")
    assert str(error) == "dask is not installed: run pip install 'taskfit[dask]'"
    assert (error.package, error.extra) == ("dask", "dask")


def test_every_extra_that_an_error_names_exists(root):
    named = set()
    for path in (root / "taskfit").rglob("*.py"):
        named |= set(re.findall(r'MissingExtraError\([^)]*"(\w+)"\)', path.read_text("utf-8")))
    extras = re.search(r"\[project\.optional-dependencies\]\n(.*?)\n\[", (root / "pyproject.toml").read_text(), re.S)
    assert named
    assert named <= set(re.findall(r"^(\w+) = \[", extras.group(1), re.M))
