"""Nothing is downloaded and nothing is sent: the commands work where no socket can be made."""

import subprocess
import sys

import pytest

# An audit hook sees every socket, whichever library makes it, and cannot be taken away again.
GUARDED = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event} in a command that must stay on this machine")

sys.addaudithook(refuse)
from taskfit.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments):
    command = [sys.executable, "-c", GUARDED, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    (folder / "tasks.csv").write_text("task,role,hours\nMatch invoices to orders,clerk,3\nConsole a mourner,priest,2\n")
    result = run("score", folder / "tasks.csv", "-o", folder / "scored.csv")
    assert result.returncode == 0, result.stderr
    return folder / "scored.csv"


def test_the_guard_bites():
    code = GUARDED.replace("from taskfit.cli import main", "import socket; socket.socket()")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "must stay on this machine" in result.stderr


def test_scoring_opens_no_socket(scored):
    assert "fit_label" in scored.read_text("utf-8")


def test_explaining_opens_no_socket():
    result = run("explain", "Match invoices to orders")
    assert result.returncode == 0, result.stderr


def test_reporting_opens_no_socket(scored):
    result = run("report", scored, "-o", scored.with_name("report.html"))
    assert result.returncode == 0, result.stderr


def test_evaluating_opens_no_socket(labelled_csv):
    result = run("evaluate", labelled_csv)
    assert result.returncode == 0, result.stderr
