"""Where does the time of a run go? Times each step of scoring from file to file by itself and prints its share.

Usage: python tests/benchmarks/shares.py [TASKS]; needs TASKFIT_CORPORA.
"""

import argparse
import csv
import os
import tempfile
import time
from pathlib import Path

import numpy as np

import taskfit
from taskfit.inventory import open_inventory, open_writer
from taskfit.scoring import FIT_COLUMNS
from taskfit.scoring.columns import cells
from taskfit.scoring.screen import screen

#: Size of the square matrices whose product shows what the processor can do, and how often they are multiplied.
_SIDE, _TIMES = 1536, 10


def timed(action):
    """Return what an action returns, and its seconds."""
    started = time.perf_counter()
    return action(), time.perf_counter() - started


def steps(model, source, target):
    """Return the seconds of each step."""
    tier, seconds = model.bundle.tier, {}

    def read():
        with open_inventory(source) as inventory:
            return [str(row.cells[0]) for chunk in inventory.chunks(2048) for row in chunk]

    texts, seconds["reading"] = timed(read)
    _, seconds["screening"] = timed(lambda: [screen(text) for text in texts])
    asked = model.ask(texts, None)
    tier.encoder.tokens.__dict__.pop("_pieces", None)
    _, seconds["tokenising"] = timed(lambda: tier.encoder.tokens.ids(asked))
    vectors, encoding = timed(lambda: tier.encoder.encode(asked))
    _, again = timed(lambda: tier.encoder.tokens.ids(asked))
    seconds["encoder"] = encoding - again

    def heads():
        probabilities = tier.probabilities(vectors)
        model.policy.decide(probabilities, tier.label_sets.sets(probabilities, model.policy.coverage))
        tier.driver_head.strengths(vectors)

    _, seconds["heads and policy"] = timed(heads)
    if model.bundle.examples is not None:
        limit = model.bundle.facts["familiar"]
        _, seconds["unlike all that were taught"] = timed(lambda: model.bundle.examples.unlike(vectors, limit))
    tier.encoder.tokens.__dict__.pop("_pieces", None)
    assessments, whole = timed(lambda: model.assess(texts))
    seconds["answers and notes"] = whole - sum(took for step, took in seconds.items() if step != "reading")

    def write():
        with open_writer(target, ["task", *FIT_COLUMNS]) as writer:
            writer.write([(entry.text, *cells(entry)) for entry in assessments])

    _, seconds["writing"] = timed(write)
    return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="?", type=int, default=13_937)
    options = parser.parse_args()
    with (Path(os.environ["TASKFIT_CORPORA"]) / "onet_exposure.csv").open(encoding="utf-8") as file:
        tasks = list(dict.fromkeys(row["task"] for row in csv.DictReader(file)))[: options.tasks]
    side = np.ones((_SIDE, _SIDE), dtype=np.float32)
    _, product = timed(lambda: [side @ side for _ in range(_TIMES)])
    print(f"products of 32-bit floats here: {2 * _SIDE**3 * _TIMES / product / 1e9:,.0f} GFLOP/s")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "tasks.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["task"], *([task] for task in tasks)])
        for name in ("accurate", "fast"):
            model = taskfit.load(tier=name)
            model.assess(tasks[:100])
            seconds = steps(model, source, Path(folder) / f"{name}.csv")
            whole = sum(seconds.values())
            print(f"\n{name}: {len(tasks):,} tasks in {whole:.2f} s")
            for step, took in seconds.items():
                print(f"  {step:<30}{took / whole:>7.1%}")


if __name__ == "__main__":
    main()
