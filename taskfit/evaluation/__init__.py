"""How good is it? Honest splits, measures that show the worst mistake, and baselines beside the model."""

from taskfit.evaluation.agreement import Agreement, agreement, krippendorff_alpha
from taskfit.evaluation.baselines import KeywordRules, baselines
from taskfit.evaluation.gates import Gate, parse_gate
from taskfit.evaluation.metrics import Metrics, calibration_error, measure, reliability_table
from taskfit.evaluation.profile import profile
from taskfit.evaluation.protocol import cross_validate, evaluate, fit
from taskfit.evaluation.splits import (
    LabelledSummary,
    Leak,
    check_labelled,
    grouped_folds,
    leaks,
    refuse_unknown,
    right_spelling,
    sides,
    with_splits,
)
from taskfit.evaluation.table import render_table

__all__ = [
    "Agreement",
    "Gate",
    "KeywordRules",
    "LabelledSummary",
    "Leak",
    "Metrics",
    "agreement",
    "baselines",
    "calibration_error",
    "check_labelled",
    "cross_validate",
    "evaluate",
    "fit",
    "grouped_folds",
    "krippendorff_alpha",
    "leaks",
    "measure",
    "parse_gate",
    "profile",
    "refuse_unknown",
    "reliability_table",
    "render_table",
    "right_spelling",
    "sides",
    "with_splits",
]
