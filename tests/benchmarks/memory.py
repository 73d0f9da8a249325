"""Does memory stay flat however long the inventory is? Scores long files with the fast tier, each as a process.

Usage: python tests/benchmarks/memory.py [ROWS] [--suffix csv|parquet]; exits 1 if a limit is passed.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: Peak memory of the long file against that of `_SHORT` rows.
PEAK_LIMIT = 1.25

#: Rows a second of the long file, start-up included.
RATE_LIMIT = 5000

_SHORT = 50_000

PARQUET = """
import pathlib, sys, pandas
source = pathlib.Path(sys.argv[1])
pandas.read_csv(source).to_parquet(source.with_suffix(".parquet"), row_group_size=10_000)
"""


def write(path, rows):
    """Write as many distinct tasks: a real task with a number, as systems export them."""
    with (Path(os.environ["TASKFIT_CORPORA"]) / "onet_exposure.csv").open(encoding="utf-8") as file:
        tasks = list(dict.fromkeys(row["task"] for row in csv.DictReader(file)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "task"])
        writer.writerows([at, f"{tasks[at % len(tasks)]} ({at // len(tasks)})"] for at in range(rows))


def measured(source, target):
    """Return peak memory in MB and seconds of one whole ``taskfit score``."""
    command = [str(Path(sys.executable).parent / "taskfit"), "score", str(source), "-o", str(target), "--tier", "fast"]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "-q"])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"taskfit score failed: {status}")
    return usage.ru_maxrss / 1000, time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--suffix", choices=["csv", "parquet"], default="csv")
    options = parser.parse_args()
    peaks, rate = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        for rows in (_SHORT, options.rows):
            source = Path(folder) / f"{rows}.csv"
            write(source, rows)
            if options.suffix == "parquet":
                # In a process of its own: a child's peak starts at what its parent holds when it starts it.
                subprocess.run([sys.executable, "-c", PARQUET, str(source)], check=True)
                source = source.with_suffix(".parquet")
            peak, seconds = measured(source, Path(folder) / f"out.{options.suffix}")
            peaks.append(peak)
            rate = rows / seconds
            print(f"{rows:>10,} rows, {options.suffix}: {peak:6,.0f} MB at most, {seconds:6.1f} s, {rate:,.0f} rows/s")
    ratio = peaks[1] / peaks[0]
    print(f"peak memory ratio {ratio:.2f}, limit {PEAK_LIMIT}; rows/s {rate:,.0f}, limit {RATE_LIMIT:,}")
    return int(ratio > PEAK_LIMIT or rate < RATE_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
