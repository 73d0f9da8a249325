"""The train command's answers to what cannot be, none of which needs a model."""

import pytest
from click.testing import CliRunner

from taskfit.cli import main


def train(*arguments):
    return CliRunner().invoke(main, ["train", *(str(argument) for argument in arguments)])


@pytest.mark.parametrize("option", [("--epochs", "2"), ("--stop-after", "1"), ("--pool", "pool.csv")])
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
