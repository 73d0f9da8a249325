"""Train, evaluate, explain and models as a user runs them."""

import json
import shutil

import pytest
from click.testing import CliRunner

from taskfit import bundle as bundles
from taskfit.cli import main


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def trained(labelled_csv, tmp_path):
    result = run("train", labelled_csv, "-o", tmp_path / "model")
    assert result.exit_code == 0, result.stderr
    return tmp_path / "model", result


def test_train_prints_the_table_and_writes_a_model(trained):
    folder, result = trained
    for name in ("majority", "keyword rules", "TF-IDF + logistic regression", "taskfit", "human called automatable"):
        assert name in result.stdout
    assert bundles.verify(folder)["name"] == "model"


def test_a_trained_model_scores(trained, csv_file):
    folder, _ = trained
    result = run("score", csv_file("task\nmatch sailor invoices to orders\n", "new.csv"), "--model", folder)
    assert result.exit_code == 0
    assert ",automatable," in result.stdout or "\nmatch sailor invoices to orders,automatable" in result.stdout


def test_train_keeps_an_existing_model_unless_forced(trained, labelled_csv):
    folder, _ = trained
    assert run("train", labelled_csv, "-o", folder).exit_code == 1
    assert run("train", labelled_csv, "-o", folder, "--force").exit_code == 0


def test_train_shows_contradictions(labelled_csv, tmp_path):
    with labelled_csv.open("a") as file:
        file.write("match clerk invoices to orders,human-essential,clerk\n")
    result = run("train", labelled_csv, "-o", tmp_path / "model")
    assert "1 of 120 distinct tasks carry different labels" in result.stderr
    assert "human-essential in line 122" in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("task,label\nMatch,automatable\n", "every task is automatable"),
        ("task,label\nMatch,robot\n", "unknown label 'robot' in line 2"),
        ("task,hours\nMatch,1\n", "no label column"),
        ("task,label\n", "no row has both"),
    ],
)
def test_train_refuses_what_cannot_work(csv_file, tmp_path, content, message):
    result = run("train", csv_file(content), "-o", tmp_path / "model")
    assert result.exit_code == 1
    assert message in result.stderr
    assert not (tmp_path / "model").exists()


def test_an_encoder_that_is_not_there_is_a_clear_error(labelled_csv, tmp_path):
    result = run("train", labelled_csv, "-o", tmp_path / "model", "--encoder", "nowhere")
    assert result.exit_code == 1
    assert "nothing is downloaded" in result.stderr


def test_evaluate_prints_baselines_and_the_model(labelled_csv):
    result = run("evaluate", labelled_csv)
    assert result.exit_code == 0
    assert "TF-IDF + logistic regression" in result.stdout
    assert "base (cautious, roles known)" in result.stdout


def test_evaluate_measures_a_file_too_small_for_baselines(csv_file):
    result = run("evaluate", csv_file("task,label\nConsole a mourner,human-essential\n"), "--json")
    (metrics,) = json.loads(result.stdout)
    assert metrics["n"] == 1


def test_evaluate_gates_exit_4_and_say_why(labelled_csv):
    assert run("evaluate", labelled_csv, "--min", "accuracy=0.3").exit_code == 0
    result = run("evaluate", labelled_csv, "--min", "accuracy=1.01", "--min", "kappa=0")
    assert result.exit_code == 4
    assert "Gate not met: accuracy is" in result.stderr
    assert "kappa" not in result.stderr


def test_evaluate_takes_one_split_and_lists_those_there_are(csv_file):
    rows = "task,label,role,split\nConsole a mourner,human-essential,nurse,test\nPost it,automatable,clerk,train\n"
    path = csv_file(rows)
    assert json.loads(run("evaluate", path, "--split", "test", "--json").stdout)[-1]["n"] == 1
    for source, message in ((path, "its splits are train, test"), (csv_file("task,label\na b,automatable\n", "n.csv"),
                                                                  "no column 'split'")):  # fmt: skip
        result = run("evaluate", source, "--split", "dev")
        assert result.exit_code == 1
        assert message in result.stderr


def test_evaluate_says_what_stands_in_two_splits(csv_file):
    rows = "task,label,role,split\nConsole a mourner,human-essential,clerk,test\nPost it,automatable,clerk,train\n"
    result = run("evaluate", csv_file(rows), "--split", "test")
    assert result.exit_code == 0
    assert "Warning: role 'clerk' is in test and in train (lines 2, 3), which flatters the figures" in result.stderr


def test_evaluate_does_not_pass_a_gate_on_people_where_there_are_none(csv_file):
    result = run("evaluate", csv_file("task,label\nPost it,automatable\n"), "--min", "human_called_automatable=0")
    assert result.exit_code == 4
    assert "the file has no human-essential task" in result.stderr


def test_evaluate_refuses_an_unknown_gate_and_an_unknown_label(labelled_csv, csv_file):
    assert "one of accuracy" in run("evaluate", labelled_csv, "--min", "beauty=1").stderr
    assert "unknown label 'robot'" in run("evaluate", csv_file("task,label\nMatch,robot\n")).stderr


def test_explain_shows_probabilities_drivers_and_neighbours():
    result = run("explain", "Counsel an employee after a suicide in the team")
    assert result.exit_code == 0
    assert result.stdout.startswith("human-essential (")
    for name in ("automatable", "augmentable", "empathy", "presence", "Nearest labelled tasks"):
        assert name in result.stdout
    assert result.stdout.split("Nearest labelled tasks\n")[1].count("\n") == 3


def test_explain_as_json():
    answer = json.loads(run("explain", "Match invoices to orders", "--json").stdout)
    assert answer["label"] == "automatable"
    assert len(answer["nearest"]) == 3
    assert set(answer["nearest"][0]) == {"text", "label", "source", "similarity"}


def test_explain_says_why_there_is_no_label():
    assert run("explain", "  ").stdout == "blank: no task in this row\n"


def test_models_list_info_and_verify():
    assert run("models", "list").stdout.startswith("base\t")
    info = run("models", "info", "base").stdout
    for part in ("label schema", "fingerprint", "sha256", "seed 0", "TF-IDF"):
        assert part in info
    assert json.loads(run("models", "info", "--json").stdout)["name"] == "base"
    assert "files sound" in run("models", "verify").stdout


def test_verify_finds_damage(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(bundles.find(), folder)
    head = folder / "head.npz"
    head.write_bytes(head.read_bytes().replace(b"label", b"lapel", 1))
    result = run("models", "verify", folder)
    assert result.exit_code == 1
    assert "was changed after the model was made" in result.stderr


def test_an_unknown_model_is_a_clear_error(csv_file):
    result = run("score", csv_file("task\na b c\n"), "--model", "gone")
    assert result.exit_code == 1
    assert "shipped model (base)" in result.stderr


@pytest.mark.parametrize("name", ["score", "train", "evaluate", "explain", "models"])
def test_every_command_has_help_with_examples(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.count("taskfit " + name) >= 3


def test_the_version_is_printed():
    assert run("--version").stdout.startswith("taskfit ")
