"""How long does a user wait for an answer? Whole processes, side by side in one run.

Run it with ``python tests/benchmarks/startup.py``; it exits 1 if a limit is passed. Machines are noisy, so limits are
ratios of medians and the two commands of a ratio take turns.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: ``taskfit --help`` against importing scikit-learn's linear models.
HELP_LIMIT = 1 / 4

#: Scoring ten rows, as a whole process, against importing sentence-transformers.
TEN_ROWS_LIMIT = 1 / 3

_RUNS = 7

_TASKS = (
    "Match invoices to orders",
    "Console a mourner",
    "Draft the quarterly report",
    "Lift patients",
    "Post journals",
    "Negotiate with the union",
    "Send reminders",
    "Review contracts",
    "Repair a pump",
    "Plan the budget",
)


def seconds(command: list[str]) -> float:
    """Return the wall time of one run."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def compare(name: str, ours: list[str], theirs: list[str], limit: float) -> bool:
    """Print the medians of both commands and tell whether their ratio is within the limit."""
    seconds(ours), seconds(theirs)  # fill the disk cache
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(_RUNS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    within = mine / other <= limit
    verdict = "ok" if within else "TOO SLOW"
    print(f"{name:<44} {mine:7.3f} s  {other:7.3f} s  ratio {mine / other:.3f}, limit {limit:.3f}  {verdict}")
    return within


def main() -> int:
    """Run both comparisons."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "ten.csv"
        inventory.write_text("task\n" + "\n".join(_TASKS) + "\n")
        results = [
            compare(
                "--help / import sklearn.linear_model",
                [python, "-m", "taskfit", "--help"],
                [python, "-c", "import sklearn.linear_model"],
                HELP_LIMIT,
            ),
            compare(
                "ten rows / import sentence_transformers",
                [python, "-m", "taskfit", "score", str(inventory), "-o", str(Path(folder) / "out.csv")],
                [python, "-c", "import sentence_transformers"],
                TEN_ROWS_LIMIT,
            ),
        ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
