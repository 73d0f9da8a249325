import numpy as np
import pytest
from sklearn.base import clone

from taskfit.evaluation import KeywordRules, baselines
from taskfit.labels import LABELS

A, G, H = LABELS


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Match invoices and post records", A),
        ("DRAFT THE REPORT.", G),
        ("counselling a bereaved family", H),
        ("draft, then post", G),
        ("", G),
        ("会議 🙂", G),
        ("unmatched", G),
    ],
)
def test_rules_count_words_by_their_beginnings(text, label):
    assert KeywordRules().fit([], []).predict([text]).tolist() == [label]


def test_rules_learn_nothing_from_labels():
    fitted = KeywordRules().fit(["lift a patient"], [A])
    assert fitted.predict(["lift a patient"]).tolist() == [H]
    assert fitted.classes_.tolist() == sorted(LABELS)


def test_every_baseline_takes_texts_and_is_fresh_each_time(labelled_rows):
    texts, labels, _ = map(list, zip(*labelled_rows, strict=True))
    for name, estimator in baselines().items():
        assert estimator is not baselines()[name]
        predicted = clone(estimator).fit(texts, labels).predict(texts)
        assert set(predicted) <= set(LABELS)
        assert (predicted == np.array(labels)).mean() >= 1 / 3
