"""Long runs as a user runs them: killed and resumed, in several processes, with a cache."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from taskfit.cli import main

TASKFIT = str(Path(sys.executable).parent / "taskfit")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def inventory(root, tmp_path_factory):
    """Six thousand rows in three chunks, a third of them repeated."""
    with (root / "data" / "tasks.csv").open(encoding="utf-8") as file:
        rows = [(row["role"], row["task"]) for row in csv.DictReader(file)][:4000]
    path = tmp_path_factory.mktemp("long") / "inventory.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("role", "task"), *rows, *rows[:2000]])
    return path


@pytest.fixture(scope="module")
def whole(inventory):
    target = inventory.parent / "whole.csv"
    assert run("score", inventory, "--tier", "fast", "-o", target).exit_code == 0
    return target.read_bytes()


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(inventory, tmp_path):
    target, journal = tmp_path / "out.csv", tmp_path / "out.csv.journal"
    process = subprocess.Popen([TASKFIT, "score", str(inventory), "-o", str(target), "-q"])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (journal.exists() and journal.read_bytes().count(b"\n") >= 2):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not target.exists()
    result = run("score", inventory, "-o", target, "--resume")
    assert result.exit_code == 0, result.stderr
    assert "2,048 rows are scored already" in result.stderr or "4,096 rows" in result.stderr
    assert not journal.exists()
    uninterrupted = tmp_path / "uninterrupted.csv"
    assert run("score", inventory, "-o", uninterrupted, "--cache", tmp_path / "cache").exit_code == 0
    assert target.read_bytes() == uninterrupted.read_bytes()
    again = tmp_path / "again.csv"
    assert run("score", inventory, "-o", again, "--cache", tmp_path / "cache").exit_code == 0
    assert again.read_bytes() == uninterrupted.read_bytes()


def test_a_changed_option_is_refused(inventory, tmp_path):
    target = tmp_path / "out.csv"
    process = subprocess.Popen([TASKFIT, "score", str(inventory), "-o", str(target), "-q"])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (tmp_path / "out.csv.journal").exists():
        time.sleep(0.05)
    process.kill()
    process.wait()
    result = run("score", inventory, "-o", target, "--resume", "--policy", "strict")
    assert result.exit_code == 1
    assert "another policy" in result.stderr
    assert run("score", inventory, "--resume").exit_code == 2


def test_two_workers_give_the_same_bytes(inventory, whole, tmp_path):
    target = tmp_path / "out.csv"
    subprocess.run([TASKFIT, "score", str(inventory), "--tier", "fast", "--workers", "2", "-o", str(target), "-q"],
                   check=True)  # fmt: skip
    assert target.read_bytes() == whole
