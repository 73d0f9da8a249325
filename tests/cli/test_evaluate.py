"""The evaluate command's answers to what cannot be, none of which needs a model."""

import pytest
from click.testing import CliRunner

from taskfit.cli import main

SOUND = "task,label,role,split\nConsole a mourner,human-essential,nurse,test\nPost it,automatable,clerk,train\n"


def evaluate(*arguments):
    return CliRunner().invoke(main, ["evaluate", *(str(argument) for argument in arguments)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--min", "accuracy"), "no gate 'accuracy': give METRIC=VALUE"),
        (("--min", "accuracy=0.5", "--min", "kappa=nan"), "no gate 'kappa=nan'"),
        (("--split", "Test"), "its splits are train, test; name one of its own, or none"),
        (("--text", "nope"), "no column 'nope'"),
        (("--label", "nope"), "no column 'nope'"),
        (("--model", "nowhere"), "no model 'nowhere'"),
        (("--policy", "reckless"), "no policy 'reckless'"),
    ],
)
def test_what_cannot_be_measured_is_one_line_and_no_table(csv_file, options, message):
    result = evaluate(csv_file(SOUND), *options)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert result.stdout == ""


def test_a_gate_is_read_before_the_file(tmp_path):
    assert "no gate 'beauty=1'" in evaluate(tmp_path / "gone.csv", "--min", "beauty=1").stderr


def test_a_misspelt_label_is_told_with_its_file_line_and_spelling(csv_file):
    result = evaluate(csv_file("task,label\nPost it,automatable\nLift him,Human essential\n"))
    assert result.exit_code == 1
    assert "tasks.csv: unknown label 'Human essential' in line 3: write 'human-essential'" in result.stderr


def test_every_leak_is_counted_and_the_first_is_shown(csv_file):
    rows = SOUND + "Post it,automatable,nurse,train\nConsole a mourner,human-essential,clerk,train\n"
    result = evaluate(csv_file(rows), "--model", "nowhere")
    assert (
        "Warning: role 'nurse' is in test and in train (lines 2, 4), which flatters the figures; so does 1 other"
        in (result.stderr)
    )
