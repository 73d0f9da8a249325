"""How many tasks a second, beside what a data scientist would write? Prints a table of ratios and writes JSON.

Usage: python tests/benchmarks/throughput.py [TASKS] [--json FILE]; needs TASKFIT_CORPORA and the test extra. For two
more peers: pip install "model2vec[distill]" setfit
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

#: Least ratios, side by side in one run, and the least share of labels that are those of 32-bit floats.
ACCURATE_TO_SCRIPT = 2.5
FAST_TO_SCRIPT = 60
FAST_TO_MODEL2VEC = 1
SAME_LABELS = 0.995
TENFOLD_TO_DISTINCT = 1.3
CACHED_TO_FIRST = 10
TWO_WORKERS_TO_ONE = 1.6

SCRIPT = """
import sys, csv, time
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression
from taskfit.encoders.sentence_transformer import find
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
model = SentenceTransformer(str(find("all-MiniLM-L6-v2")), device="cpu")
head = LogisticRegression().fit(model.encode(["Post journals", "Console a mourner"]), [0, 1])
best = 0
for size in (32, 64):
    started = time.perf_counter()
    head.predict(model.encode(tasks, batch_size=size))
    best = max(best, len(tasks) / (time.perf_counter() - started))
print(best)
"""

#: The same question to the model as a library: labels, drivers, doubt and notes of tasks in memory.
LIBRARY = """
import sys, csv, time
import taskfit
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
model = taskfit.load(tier=sys.argv[2])
model.assess(tasks[:100])
started = time.perf_counter()
model.assess(tasks)
print(len(tasks) / (time.perf_counter() - started))
"""

MODEL2VEC = """
import sys, csv, time
from model2vec.distill import distill
from sklearn.linear_model import LogisticRegression
from taskfit.encoders.sentence_transformer import find
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
model = distill(str(find("all-MiniLM-L6-v2")), device="cpu", pca_dims=256)
head = LogisticRegression().fit(model.encode(["Post journals", "Console a mourner"]), [0, 1])
head.predict(model.encode(tasks[:100]))
started = time.perf_counter()
head.predict(model.encode(tasks))
print(len(tasks) / (time.perf_counter() - started))
"""

SETFIT = """
import sys, csv, time
from sentence_transformers import SentenceTransformer
from setfit import SetFitModel
from sklearn.linear_model import LogisticRegression
from taskfit.encoders.sentence_transformer import find
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
body = SentenceTransformer(str(find("all-MiniLM-L6-v2")), device="cpu")
head = LogisticRegression().fit(body.encode(["Post journals", "Console a mourner"]), [0, 1])
model = SetFitModel(model_body=body, model_head=head)
started = time.perf_counter()
model.predict(tasks, batch_size=32)
print(len(tasks) / (time.perf_counter() - started))
"""

#: Labels alone, of tasks in memory: what a classifier of the other peers gives.
LABELS = """
import sys, csv, time
import taskfit
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
tier = taskfit.load(tier=sys.argv[2]).bundle.tier
tier.probabilities(tier.encoder.encode(tasks[:100]))
started = time.perf_counter()
tier.probabilities(tier.encoder.encode(tasks)).argmax(axis=1)
print(len(tasks) / (time.perf_counter() - started))
"""

TFIDF = """
import sys, csv, time
from taskfit.evaluation import baselines, fit
from taskfit.labelled import read_labelled
known = read_labelled(sys.argv[2])
model = baselines(0)["TF-IDF + logistic regression"]
fit(model, known.texts, known.labels, known.groups)
tasks = [row["task"] for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]
started = time.perf_counter()
model.predict(tasks)
print(len(tasks) / (time.perf_counter() - started))
"""


def score(source, folder, *options, threads=None):
    """Return tasks a second of a whole ``taskfit score``, start-up left out by the command's own clock."""
    target = Path(folder) / "out.csv"
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    command = [str(Path(sys.executable).parent / "taskfit"), "score", str(source), "-o", str(target), *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stderr
    return float(said.rsplit("tasks/s", 1)[0].rsplit("·", 1)[1].replace(",", ""))


def script(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def optional(code, *arguments):
    """Return tasks a second of a peer, or None where its package is not installed."""
    try:
        return script(code, *arguments)
    except subprocess.CalledProcessError as error:
        if "ModuleNotFoundError" not in error.stderr:
            raise
        print(error.stderr.strip().splitlines()[-1] + ": left out", file=sys.stderr)
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="?", type=int, default=13_937)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with (Path(os.environ["TASKFIT_CORPORA"]) / "onet_exposure.csv").open(encoding="utf-8") as file:
        tasks = list(dict.fromkeys(row["task"] for row in csv.DictReader(file)))[: options.tasks]
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        one, ten = Path(folder) / "one.csv", Path(folder) / "ten.csv"
        for path, times in ((one, 1), (ten, 10)):
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([["task"], *([task] for task in tasks * times)])
        peer = script(SCRIPT, one)
        tfidf = script(TFIDF, one, root / "data" / "tasks.csv")
        peers = {"model2vec": optional(MODEL2VEC, one), "SetFit": optional(SETFIT, one)}
        library = {tier: script(LIBRARY, one, tier) for tier in ("accurate", "fast")}
        labels = script(LABELS, one, "fast")
        accurate = score(one, folder, "--cache", folder)
        cached = score(one, folder, "--cache", folder)
        fast = score(one, folder, "--tier", "fast")
        tenfold = score(ten, folder)
        single, double = score(one, folder, threads=1), score(one, folder, "--workers", "2")
    # What the model would say with weights and products in floats is compared when it is taught, where they are there.
    same = json.loads((root / "models/base/manifest.json").read_text("utf-8"))["training"]["as_in_floats"]
    seconds = {"distinct": len(tasks) / accurate, "tenfold": 10 * len(tasks) / tenfold}
    rows = [
        ("accurate, file to file / ST + LR", accurate / peer, ACCURATE_TO_SCRIPT, accurate),
        ("accurate, in memory / ST + LR", library["accurate"] / peer, ACCURATE_TO_SCRIPT, library["accurate"]),
        ("fast, file to file / ST + LR", fast / peer, FAST_TO_SCRIPT, fast),
        ("fast, in memory / ST + LR", library["fast"] / peer, FAST_TO_SCRIPT, library["fast"]),
        ("second run with cache / first", cached / accurate, CACHED_TO_FIRST, cached),
        ("two workers / one, one thread each", double / single, TWO_WORKERS_TO_ONE, double),
        ("ten times over / distinct, time", seconds["tenfold"] / seconds["distinct"], -TENFOLD_TO_DISTINCT, tenfold),
        ("fast, labels alone / ST + LR", labels / peer, FAST_TO_SCRIPT, labels),
        ("fast, labels alone / TF-IDF + LR", labels / tfidf, None, labels),
    ]  # fmt: skip
    if peers["model2vec"]:
        rows.append(("fast, labels alone / model2vec + LR", labels / peers["model2vec"], FAST_TO_MODEL2VEC, labels))
    if peers["SetFit"]:
        rows.append(("accurate, in memory / SetFit", library["accurate"] / peers["SetFit"], None, library["accurate"]))
    print(f"{len(tasks):,} distinct tasks; SentenceTransformer + LR {peer:,.0f} tasks/s, TF-IDF + LR {tfidf:,.0f}")
    for name, ratio, limit, rate in rows:
        met = "" if limit is None else ("ok" if (ratio >= limit if limit > 0 else ratio <= -limit) else "missed")
        print(
            f"{name:<42} {ratio:>8.2f}  limit {'–' if limit is None else abs(limit):>5}  {rate:>9,.0f} tasks/s  {met}"
        )
    print(f"labels equal to those of 32-bit floats: {same:.2%}, limit {SAME_LABELS:.1%}")
    print(f"peak memory of the largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000:,.0f} MB")
    if options.json:
        fields = [
            {"name": name, "ratio": ratio, "limit": limit, "tasks_per_second": rate}
            for name, ratio, limit, rate in rows
        ]
        fields.append({"name": "labels equal to those of 32-bit floats", "ratio": same, "limit": SAME_LABELS})
        options.json.write_text(json.dumps(fields, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
