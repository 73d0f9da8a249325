"""The train command's answers to what cannot be, none of which needs a model."""

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.errors import EncoderError


def train(*arguments):
    return CliRunner().invoke(main, ["train", *(str(argument) for argument in arguments)])


@pytest.mark.parametrize(
    "option", [("--epochs", "2"), ("--stop-after", "1"), ("--teacher", "larger"), ("--pool", "pool.csv")]
)
def test_what_belongs_to_fine_tuning_is_not_silently_ignored(labelled_csv, tmp_path, option):
    result = train(labelled_csv, "-o", tmp_path / "model", *option)
    assert result.exit_code == 2
    assert f"{option[0]} belongs to --fine-tune: add --fine-tune, or leave {option[0]} out" in result.stderr
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("option", [("--epochs", "0"), ("--stop-after", "-1"), ("--epochs", "many"), ("--seed", "x")])
def test_impossible_numbers_are_a_usage_error(labelled_csv, tmp_path, option):
    result = train(labelled_csv, "-o", tmp_path / "model", *option)
    assert result.exit_code == 2
    assert option[0] in result.stderr


def test_a_place_for_the_model_is_asked_for(labelled_csv):
    result = train(labelled_csv)
    assert (result.exit_code, "'-o'" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--text", "nope"), "no column 'nope'"),
        (("--label", "nope"), "no column 'nope': the file has task, label, role; name one with --label"),
        (("--group", "nope"), "no column 'nope': the file has task, label, role; name one with --group"),
        (("--also", "gone.csv"), "gone.csv"),
    ],
)
def test_columns_and_files_that_are_not_there_are_named(labelled_csv, tmp_path, options, message):
    result = train(labelled_csv, "-o", tmp_path / "model", *options)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("options", [(), ("--fine-tune",)])
def test_a_folder_that_is_taken_is_told_before_any_work(labelled_csv, tmp_path, monkeypatch, options):
    def work(*arguments, **named):
        raise AssertionError("trained for nothing")

    monkeypatch.setattr("taskfit.cli.train._training", work)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "notes.txt").write_text("mine", encoding="utf-8")
    result = train(labelled_csv, "-o", tmp_path / "model", *options)
    assert (result.exit_code, "exists: choose another folder" in result.stderr) == (1, True)
    result = train(labelled_csv, "-o", tmp_path / "model", "--force", *options)
    assert (result.exit_code, "exists and is no taskfit bundle" in result.stderr) == (1, True)


def test_a_pool_leaves_empty_rows_out_and_refuses_ragged_ones(csv_file):
    from taskfit.cli.train import _unlabelled
    from taskfit.errors import LabelledDataError
    from taskfit.unlabelled import Unlabelled

    assert _unlabelled((str(csv_file("task,role\nCount beans,clerk\n,nurse\n")),)) == Unlabelled(
        ["Count beans"], ["clerk"]
    )
    with pytest.raises(LabelledDataError, match="line 2"):
        _unlabelled((str(csv_file("task,role\nCount beans,clerk,3\n")),))


@pytest.mark.parametrize(("options", "base"), [((), "base"), (("--encoder", "all-MiniLM-L6-v2"), "all-MiniLM-L6-v2")])
def test_fine_tuning_starts_from_the_shipped_encoder_unless_told(labelled_csv, tmp_path, monkeypatch, options, base):
    begun = []

    def start(tasks, begun_with, **named):
        begun.append(begun_with)
        raise EncoderError("far enough")

    monkeypatch.setattr("taskfit.training.train_fine_tuned", start)
    result = train(labelled_csv, "-o", tmp_path / "model", "--fine-tune", *options)
    assert (result.exit_code, begun) == (1, [base])
