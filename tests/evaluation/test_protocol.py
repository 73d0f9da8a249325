import pytest

from taskfit import TaskFitClassifier
from taskfit.errors import TaskfitError
from taskfit.evaluation import (
    KeywordRules,
    baselines,
    cross_validate,
    evaluate,
    grouped_folds,
    measure,
    parse_gate,
    render_table,
)
from taskfit.labels import LABELS


@pytest.fixture
def figures(labelled_rows, word_encoder):
    texts, labels, roles = map(list, zip(*labelled_rows, strict=True))
    estimators = {**baselines(), "taskfit": TaskFitClassifier(word_encoder)}
    return cross_validate(estimators, texts, labels, grouped_folds(texts, labels, roles), groups=roles, bootstrap=20)


def test_baselines_stand_beside_the_model(figures):
    names = ["majority", "keyword rules", "TF-IDF + logistic regression", "taskfit"]
    assert [metrics.name for metrics in figures] == names
    assert all(metrics.n == 120 for metrics in figures)


def test_learning_beats_counting_words_beats_guessing(figures):
    majority, words, tfidf, model = (metrics.accuracy for metrics in figures)
    assert majority < words < tfidf
    assert model > 0.9


def test_a_guess_has_no_calibration_error_and_a_model_has(figures):
    assert figures[0].calibration_error is None
    assert figures[3].calibration_error is not None


def test_an_estimator_is_never_tested_on_what_it_was_fitted_on():
    class Memory(KeywordRules):
        def fit(self, X, y):
            self.known_ = set(X)
            return super().fit(X, y)

        def predict(self, X):
            assert not self.known_ & set(X)
            return super().predict(X)

    texts = [f"task {n}" for n in range(30)]
    labels = [LABELS[n % 3] for n in range(30)]
    cross_validate({"memory": Memory()}, texts, labels, grouped_folds(texts, labels))


def test_fitted_estimators_are_evaluated_as_they_are(labelled_rows):
    texts, labels, _ = map(list, zip(*labelled_rows, strict=True))
    (metrics,) = evaluate({"rules": KeywordRules().fit(texts, labels)}, texts, labels)
    assert metrics.name == "rules"
    assert metrics.accuracy > 1 / 3


def test_keyword_rules_lean_toward_people_on_ties():
    rules = KeywordRules().fit([], [])
    assert rules.predict(["post and counsel", "match records", "xyz"]).tolist() == [LABELS[2], LABELS[0], LABELS[1]]


def test_the_table_shows_the_expensive_mistake(figures):
    lines = render_table(figures).splitlines()
    assert "human called automatable" in lines[0]
    assert lines[2].startswith("majority")
    assert " of 40 (" in lines[5]
    assert len({len(line) for line in lines[:2]}) == 1


METRICS = measure("x", [LABELS[2]] * 4, [LABELS[2]] * 3 + [LABELS[0]])


@pytest.mark.parametrize(
    ("gate", "fails"),
    [
        ("accuracy=0.75", False),
        ("accuracy=0.76", True),
        ("human_called_automatable=0.25", False),
        ("human-called-automatable=0.2", True),
        ("human_called_automatable_count=0", True),
        ("calibration_error=1", True),
    ],
)
def test_a_gate_is_a_least_score_or_a_greatest_error(gate, fails):
    assert bool(parse_gate(gate).failures(METRICS)) == fails


def test_a_gate_on_tasks_that_are_not_there_is_not_met():
    no_people = measure("x", [LABELS[0], LABELS[1]], [LABELS[0], LABELS[1]])
    for metric in ("human_called_automatable", "human_called_automatable_count", "human_called_automatable_upper"):
        assert parse_gate(f"{metric}=1").failures(no_people) == [
            f"{metric} was not measured: the file has no human-essential task"
        ]
    assert parse_gate("automatable_called_human=1").failures(no_people) == []
    assert "no automatable task" in parse_gate("automatable_called_human=1").failures(METRICS)[0]


@pytest.mark.parametrize(
    "gate", ["accuracy", "beauty=1", "accuracy=high", "=1", "", "kappa=nan", "calibration_error=inf"]
)
def test_a_gate_that_makes_no_sense_lists_what_does(gate):
    with pytest.raises(TaskfitError, match="no gate"):
        parse_gate(gate)
