"""``taskfit score`` as a user runs it."""

import csv
import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.scoring import FIT_COLUMNS

FIVE = """team,task,hours
Ops,Match invoices to orders,3
Ops,,2
CX,Console a mourner,NA
CX,42,None
HR,Draft a letter,007
"""


def run(*arguments, data=None):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=data)


def records(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def tasks(csv_file):
    return csv_file(FIVE)


def test_stdout_is_the_scored_csv_and_nothing_else(tasks):
    result = run("score", tasks)
    assert result.exit_code == 0
    rows = records(result.stdout)
    assert list(rows[0]) == ["team", "task", "hours", *FIT_COLUMNS]
    assert [row["hours"] for row in rows] == ["3", "2", "NA", "None", "007"]
    assert [row["fit_label"] for row in rows][2] == "human-essential"


def test_stderr_tells_what_was_chosen_and_what_came_of_it(tasks):
    result = run("score", tasks)
    assert "csv, utf-8, delimiter ',', tasks in 'task'" in result.stderr
    assert "read 5 · scored 3 · review" in result.stderr
    assert "blank 1 · skipped 1" in result.stderr


def test_quiet_says_nothing(tasks):
    assert run("score", tasks, "-q").stderr == ""


def test_a_pipe_works_both_ways(tasks):
    result = run("score", "-", data=FIVE)
    assert result.exit_code == 0
    assert result.stdout == run("score", tasks).stdout


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".csv.gz"])
def test_every_format_is_written_and_scores_the_same(tasks, tmp_path, suffix):
    first = tmp_path / f"first{suffix}"
    assert run("score", tasks, "-o", first).exit_code == 0
    again = run("score", first, "--force")
    assert again.exit_code == 0, again.stderr
    assert [row["fit_label"] for row in records(again.stdout)] == [
        row["fit_label"] for row in records(run("score", tasks).stdout)
    ]


def test_a_rerun_writes_the_same_bytes(tasks, tmp_path):
    for name in ("a.csv", "b.csv"):
        run("score", tasks, "-o", tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_columns_of_an_earlier_run_need_force(tasks, tmp_path):
    run("score", tasks, "-o", tmp_path / "once.csv")
    result = run("score", tmp_path / "once.csv")
    assert result.exit_code == 1
    assert "--force" in result.stderr
    forced = run("score", tmp_path / "once.csv", "--force")
    assert forced.stdout == (tmp_path / "once.csv").read_text("utf-8")


def test_the_policy_changes_the_decision_not_the_probabilities(tasks):
    balanced, strict = (records(run("score", tasks, "--policy", name).stdout) for name in ("balanced", "strict"))
    assert [row["fit_p_automatable"] for row in balanced] == [row["fit_p_automatable"] for row in strict]


def test_the_input_is_never_overwritten(tasks):
    result = run("score", tasks, "-o", tasks)
    assert result.exit_code == 2
    assert tasks.read_text() == FIVE


def test_header_only_gives_header_only(csv_file):
    result = run("score", csv_file("task,hours\n"))
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    assert "read 0" in result.stderr


def test_a_ragged_row_is_kept_with_a_status(csv_file):
    result = run("score", csv_file("task,hours\nMatch, post,3\nConsole a mourner\n"))
    assert result.exit_code == 0
    assert [row["fit_status"] for row in records(result.stdout)] == ["ragged", "ragged"]


def test_a_nul_byte_and_a_megabyte_are_scored(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes(b"task,n\nMatch\x00 invoices to orders,1\n" + b"audit the ledger " * 62_000 + b",2\n")
    result = run("score", path)
    assert result.exit_code == 0
    csv.field_size_limit(2_000_000)
    assert [row["fit_status"] for row in records(result.stdout.replace("\x00", ""))] == ["ok", "truncated"]


BAD = {
    "missing": (None, "no file"),
    "empty": (b"", "is empty"),
    "no text column": (b"id,hours\n1,2\n3,4\n", "no column reads like tasks"),
    "two candidates": (b"task,task description\na b c,d e f\n", "several columns"),
    "unclosed quote": (b'task,n\n"Match,1\nPost,2\n', "never closed"),
    "mixed encodings": ("task\nKäse\n".encode() + b"pr\xfcfen\n", "mixed encodings"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_leaves_no_output(tmp_path, content, message):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    if content is not None:
        source.write_bytes(content)
    before = set(tmp_path.iterdir())
    result = run("score", source, "-o", target)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert set(tmp_path.iterdir()) == before


def test_a_folder_as_input_and_as_output(tasks, tmp_path):
    assert "is a folder" in run("score", tmp_path).stderr
    assert "is a folder" in run("score", tasks, "-o", tmp_path, "--format", "csv").stderr


def test_a_quote_that_opens_late_leaves_the_old_output(tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("task,n\n" + "Match invoices,1\n" * 3000 + '"Post,2\n')
    target.write_text("precious")
    result = run("score", source, "-o", target)
    assert result.exit_code == 1
    assert "line 3,002" in result.stderr
    assert target.read_text() == "precious"


def test_a_target_that_may_not_be_written_is_a_clear_error(tasks):
    # Nobody may create a file there, not even root.
    result = run("score", tasks, "-o", "/proc/out.csv")
    assert result.exit_code == 1
    assert "cannot write /proc/out.csv" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_target_in_a_missing_folder_is_a_clear_error(tasks, tmp_path):
    result = run("score", tasks, "-o", tmp_path / "gone" / "out.csv")
    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_a_full_disk_is_a_clear_error(tasks):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        result = subprocess.run(
            [sys.executable, "-m", "taskfit", "score", str(tasks)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 1
    assert b"No space left on device" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_closed_pipe_ends_quietly(csv_file):
    path = csv_file("task,n\n" + "".join(f"Match invoices of batch {n},{n}\n" for n in range(4000)))
    command = f"{sys.executable} -m taskfit score {path} -q | head -n 1"
    result = subprocess.run(["bash", "-c", command + "; exit ${PIPESTATUS[0]}"], capture_output=True, check=False)
    assert result.stderr == b""
    assert result.stdout.startswith(b"task,n,fit_label")
    assert result.returncode == 0


def test_usage_errors_exit_2():
    assert run("score").exit_code == 2
    assert run("score", "x", "--nonsense").exit_code == 2
    assert run("nonsense").exit_code == 2


def test_a_bug_exits_3_in_one_line(tasks, monkeypatch):
    monkeypatch.setattr("taskfit.scoring.workers.cells", lambda _: 1 / 0)
    result = run("score", tasks)
    assert result.exit_code == 3
    assert "Bug: ZeroDivisionError" in result.stderr


def test_an_interruption_exits_130_and_leaves_nothing(tasks, tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("taskfit.scoring.workers.cells", interrupt)
    result = run("score", tasks, "-o", tmp_path / "out.csv")
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr
    assert list(tmp_path.iterdir()) == [tasks]


@pytest.fixture(scope="module")
def catalogue(corpora, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("catalogue") / "out.csv"
    assert run("score", corpora / "onet_exposure.csv", "-o", target).exit_code == 0
    return target


def test_every_row_of_the_public_catalogue_comes_back_with_a_label(corpora, catalogue):
    with (corpora / "onet_exposure.csv").open(encoding="utf-8", newline="") as file:
        before = list(csv.reader(file))
    with catalogue.open(encoding="utf-8", newline="") as file:
        after = list(csv.reader(file))
    assert len(after) == len(before) == 14_171
    assert [row[: len(before[0])] for row in after] == before
    labels = {row[len(before[0])] for row in after[1:]}
    assert labels == {"automatable", "augmentable", "human-essential"}


def test_shuffled_or_alone_a_task_gets_the_same_scores(catalogue, tmp_path, model):
    import random

    with catalogue.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    random.Random(1).shuffle(rows)
    part, width = rows[:600], header.index("fit_label")
    source = tmp_path / "shuffled.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header[:width], *(row[:width] for row in part)])
    result = run("score", source)
    assert [list(row.values())[width:] for row in records(result.stdout)] == [row[width:] for row in part]
    text, role, label = header.index("task"), header.index("occupation"), header.index("fit_label")
    alone = [model.assess([row[text]], [row[role]])[0].label for row in part[:60]]
    assert alone == [row[label] for row in part[:60]]


@pytest.mark.parametrize(
    "name", ["customer_operations.csv", "hr_shared_services.csv", "hospital_ward.csv", "plant.tsv"]
)
def test_the_sample_inventories_score(root, name, tmp_path):
    result = run("score", root / "data" / "samples" / name, "-o", tmp_path / "out.csv")
    assert result.exit_code == 0, result.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 60 <= len(rows) <= 150
    assert {row["fit_label"] for row in rows} >= {"automatable", "augmentable", "human-essential"}
    assert all(row["fit_label"] or row["fit_status"] in {"blank", "not_a_task"} for row in rows)


def test_the_command_is_installed():
    assert shutil.which("taskfit", path=str(Path(sys.executable).parent))


def test_a_named_pipe_is_scored_as_the_file_is(tasks, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(FIVE.encode(),), daemon=True).start()
    result = run("score", pipe, "-q")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == run("score", tasks, "-q").stdout


def test_a_link_as_output_stays_a_link_and_nothing_lies_beside_it(tasks, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "out.csv").symlink_to(tmp_path / "real.csv")
    assert run("score", tasks, "-o", tmp_path / "out.csv", "-q").exit_code == 0
    assert (tmp_path / "out.csv").is_symlink()
    assert len(records((tmp_path / "real.csv").read_text("utf-8"))) == 5
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".part", ".journal"}]


@pytest.mark.parametrize(
    ("arguments", "data", "message"),
    [
        (["-"], '[{"task": "Match invoices"}]', "JSON array"),
        (["-", "-o", "{folder}/out.ods"], FIVE, "workbooks are written as .xlsx; name it out.xlsx"),
        (["-", "-o", "{folder}/out.jsonl"], "task,a,a\nMatch invoices,1,2\n", "several columns are called 'a'"),
        (["-", "--policy", "{folder}/gone.json"], FIVE, "choose one of balanced, cautious, strict"),
        (["-", "--delimiter", "||"], FIVE, "give one character"),
        (["-", "--input-format", "word"], FIVE, "no format 'word'"),
        (["-", "--encoding", "klingon"], FIVE, "no encoding is called 'klingon'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(tmp_path, arguments, data, message):
    result = run("score", *(argument.format(folder=tmp_path) for argument in arguments), "-q", data=data)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_resume_needs_files(tasks):
    result = run("score", tasks, "--resume")
    assert result.exit_code == 2
    assert "--resume needs files" in result.stderr


def shell(command):
    return subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True)


def test_a_disk_that_fills_up_is_one_line_and_leaves_nothing(csv_file, tmp_path):
    source = csv_file("task,n\n" + "".join(f"Match invoices of batch {n},{n}\n" for n in range(60)))
    result = shell(f"ulimit -f 2; '{sys.executable}' -m taskfit score {source} -o {tmp_path}/out.csv -q")
    assert result.returncode == 1
    assert result.stderr.startswith("Error: cannot write ")
    assert "File too large" in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [source]


def test_a_closed_pipe_ends_a_parquet_target_quietly(tasks):
    command = f"'{sys.executable}' -m taskfit score {tasks} --format parquet -q | true; exit ${{PIPESTATUS[0]}}"
    result = shell(command)
    assert (result.returncode, result.stderr) == (0, "")
