"""Every failure is one line and one code."""

import errno
import subprocess
import sys

import click
import pytest

from taskfit.cli import main
from taskfit.cli._boundary import FAILED, boundary
from taskfit.errors import InventoryError, PolicyError


def fail(error):
    with boundary():
        raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InventoryError("no file x: check the name"), 1, "Error: no file x: check the name\n"),
        (PolicyError("two\n  lines\tof it"), 1, "Error: two lines of it\n"),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), 1, "Error: x.csv: No space left on device; check"),
        (OSError("odd"), 1, "Error: cannot read or write: odd; check that place and run again\n"),
        (MemoryError(), 1, "Error: out of memory; score the inventory in parts"),
        (KeyboardInterrupt(), 130, "Interrupted: nothing was written"),
        (ZeroDivisionError("by\nzero"), 3, "Bug: ZeroDivisionError: by zero; run again with TASKFIT_DEBUG=1"),
        (BrokenPipeError(), 0, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_a_failure_is_one_line_and_its_code(capfd, monkeypatch, error, code, said):
    monkeypatch.delenv("TASKFIT_DEBUG", raising=False)
    with pytest.raises(click.exceptions.Exit) as stopped:
        fail(error)
    assert stopped.value.exit_code == code
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == bool(said)


@pytest.mark.parametrize("error", [click.UsageError("no"), click.exceptions.Exit(4), click.Abort()])
def test_what_click_raises_passes(error):
    with pytest.raises(type(error)) as passed:
        fail(error)
    assert passed.value is error


def test_a_bug_shows_itself_when_asked(monkeypatch):
    monkeypatch.setenv("TASKFIT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError())


def test_a_foreseen_failure_stays_one_line_when_bugs_are_asked_for(monkeypatch, capfd):
    monkeypatch.setenv("TASKFIT_DEBUG", "1")
    with pytest.raises(click.exceptions.Exit):
        fail(InventoryError("no file x"))
    assert capfd.readouterr().err == "Error: no file x\n"


def test_where_nothing_fails_nothing_is_said(capfd):
    with boundary():
        click.echo("done")
    assert capfd.readouterr() == ("done\n", "")


# What stands in the place of closed streams is seen from outside only; the model is not needed for that.
_SCRIPT = """
import os
from taskfit.cli._boundary import boundary
from taskfit.errors import InventoryError
def main():
    import click
    try:
        with boundary():
            with open(os.environ["PLACE"], "wb") as file:
                file.write(b"rows")
                {action}
    except click.exceptions.Exit as stop:
        raise SystemExit(stop.exit_code)
main()
"""


def shell(tmp_path, action, redirect):
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT.format(action=action))
    command = f'exec "{sys.executable}" "{script}" {redirect}'
    environment = {"PLACE": str(tmp_path / "out.bin"), "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=environment, text=True)


@pytest.mark.parametrize(
    ("action", "redirect", "code", "said"),
    [
        ("click.echo('x', err=True); os.write(2, b'noise')", "2>&-", 0, ""),
        ("os.write(1, b'noise')", ">&-", 0, ""),
        ("print('x')", ">&-", 1, "stdout is closed"),
        ("raise InventoryError('no file')", "2>&-", 1, ""),
        ("raise InventoryError('no file')", "<&- >&- 2>&-", 1, ""),
        ("print('x' * 100000)", ">/dev/full", 1, "No space left on device"),
        ("raise InventoryError('no file')", "2>/dev/full", 1, ""),
    ],
)
def test_closed_and_full_streams_change_no_file_and_raise_no_bug(tmp_path, action, redirect, code, said):
    result = shell(tmp_path, action, redirect)
    assert (tmp_path / "out.bin").read_bytes() == b"rows"
    assert result.returncode == code, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


@pytest.mark.parametrize("option", ["--help", "--version", "score --help"])
def test_help_that_cannot_be_written_is_a_clear_error(option):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        command = [sys.executable, "-m", "taskfit", *option.split()]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert "No space left" in result.stderr


def test_help_into_a_closed_pipe_is_no_failure():
    command = f'"{sys.executable}" -m taskfit --help | true; exit ${{PIPESTATUS[0]}}'
    result = subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True)
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_a_caller_in_python_gets_codes_and_not_an_exit():
    assert main(["score", "no-such-file.csv"], standalone_mode=False) == FAILED
