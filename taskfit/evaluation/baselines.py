"""What a model must beat: the majority, a list of words, and bag-of-words regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from taskfit.labels import LABELS, Label
from taskfit.text import key

__all__ = ["KeywordRules", "baselines"]

#: Words whose stems speak for a label: what a spreadsheet formula could do.
KEYWORDS: dict[str, str] = {
    Label.AUTOMATABLE: (
        "match reconcil post enter record extract route copy upload download archive index sort file log invoice "
        "payment reminder schedul calculat generat export import backup sync notif confirm ticket update data batch"
    ),
    Label.AUGMENTABLE: (
        "draft analys analyz review research prepar plan forecast evaluat monitor inspect design develop estimat "
        "recommend compar summar operat advis assess investigat report write budget audit test diagnos"
    ),
    Label.HUMAN_ESSENTIAL: (
        "counsel comfort console negotiat persuad motivat mentor coach lead mediat grie bereav care lift carry bath "
        "feed clean repair install climb dig weld cut teach train discipl hire dismiss apolog reassur listen perform "
        "compos paint direct resolve conflict family patient child face hand"
    ),
}


class KeywordRules(ClassifierMixin, BaseEstimator):
    """Label a task by counting telling words; ties go toward people."""

    def fit(self, X: Sequence[str], y: Sequence[str]) -> KeywordRules:
        """Learn nothing; the rules are fixed."""
        self.classes_ = np.array(sorted(LABELS))
        return self

    def predict(self, X: Sequence[str]) -> NDArray[np.str_]:
        """Return a label for each text."""
        return np.array([self._label(text) for text in X])

    def _label(self, text: str) -> str:
        words = key(text).split()
        counts = {
            label: sum(word.startswith(stem) for word in words for stem in stems.split())
            for label, stems in KEYWORDS.items()
        }
        if not any(counts.values()):
            return str(Label.AUGMENTABLE)
        # max keeps the first of equals, so the label nearest to people is asked first.
        return str(max(reversed(LABELS), key=counts.__getitem__))


def baselines(random_state: int = 0) -> dict[str, Any]:
    """Return unfitted baselines by name: estimators that take texts."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    regression = LogisticRegression(C=10, max_iter=2000, class_weight="balanced", random_state=random_state)
    return {
        "majority": DummyClassifier(),
        "keyword rules": KeywordRules(),
        "TF-IDF + logistic regression": Pipeline([("words", words), ("label", regression)]),
    }
