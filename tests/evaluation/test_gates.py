import pytest

from taskfit.errors import TaskfitError
from taskfit.evaluation import Gate, measure, parse_gate
from taskfit.evaluation.gates import ERRORS, SCORES
from taskfit.labels import LABELS

A, G, H = LABELS
METRICS = measure("x", [A, A, G, H], [A, H, G, A])


@pytest.mark.parametrize("metric", [*SCORES, *ERRORS])
def test_every_measure_can_be_gated_and_exists(metric):
    assert parse_gate(f"{metric}=0.5") == Gate(metric, 0.5)
    assert hasattr(METRICS, metric)


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        (" macro-f1 =.5", Gate("macro_f1", 0.5)),
        ("kappa=-1", Gate("kappa", -1)),
        ("human-called-automatable-count=3", Gate("human_called_automatable_count", 3)),
        ("accuracy=1e-3", Gate("accuracy", 0.001)),
    ],
)
def test_a_gate_is_read_with_dashes_spaces_and_any_number(text, gate):
    assert parse_gate(text) == gate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accuracy", "'accuracy': give METRIC=VALUE with one of accuracy, macro_f1, kappa, confident_accuracy, calib"),
        ("beauty=1", "'beauty=1': give METRIC=VALUE"),
        ("accuracy=0.9=1", "'0.9=1' is no number"),
        ("accuracy=", "'' is no number"),
        ("accuracy=90%", "'90%' is no number"),
        ("kappa=nan", "lets everything or nothing pass; give a finite number"),
    ],
)
def test_what_is_wrong_with_a_gate_is_said(text, message):
    with pytest.raises(TaskfitError, match=f"no gate .*{message}"):
        parse_gate(text)


def test_a_failure_tells_the_figure_and_the_limit():
    assert Gate("accuracy", 0.9).failures(METRICS) == ["accuracy is 0.5000, wanted at least 0.9"]
    assert Gate("human_called_automatable", 0.1).failures(METRICS) == [
        "human_called_automatable is 1.0000, allowed at most 0.1"
    ]


@pytest.mark.parametrize(("metric", "limit"), [("accuracy", 0.5), ("automatable_called_human", 0.5)])
def test_a_figure_on_its_limit_passes(metric, limit):
    assert Gate(metric, limit).failures(METRICS) == []


@pytest.mark.parametrize("metric", ["calibration_error", "confident_accuracy"])
def test_what_needs_probabilities_is_not_met_without_them(metric):
    assert Gate(metric, 0.5).failures(METRICS) == [f"{metric} was not measured"]
