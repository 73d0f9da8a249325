"""What do the words of a task alone say? Logistic regression on tokens and pairs of tokens, kept as static vectors.

A transformer that was taught on a few thousand tasks knows what words mean and misses what single words give away; a
linear model on words errs elsewhere. Together they err less than either (Cheng et al. 2016, "Wide & deep learning").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from taskfit.calibration import mixture
from taskfit.encoders import JointEncoder, OnnxEncoder, StaticEncoder
from taskfit.encoders.static import features
from taskfit.encoders.tokens import Tokens
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS
from taskfit.tier import RawTier

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAIRS", "fit_words", "with_words"]

#: Rows that pairs of tokens share.
PAIRS = 32_768

# Inverse strength of the regularisation, on features that sum to `_MASS`.
_C, _MASS = 1.0, 5.0

# Beside a unit vector scores are this much smaller, so that they hardly change which tasks are near.
_SHRINK = 0.02


def fit_words(tasks: LabelledTasks, tokens: Tokens, pairs: int = PAIRS) -> StaticEncoder:
    """Learn what words say of labels and drivers.

    Parameters
    ----------
    tasks : LabelledTasks
        Learned from both bare and with their roles.
    tokens : Tokens
        How texts are read.
    pairs : int
        Rows that pairs of tokens share.

    Returns
    -------
    StaticEncoder
        Of dimension 8: the scores of the three labels and the five drivers; zeros where there is nothing to
        learn from.
    """
    from scipy.sparse import csr_array, diags_array

    vocabulary = tokens.vocabulary
    texts = tasks.in_both_forms()
    copies = len(texts) // len(tasks)
    rows, starts = features(tokens.ids(texts), vocabulary, pairs)
    counts = csr_array((np.ones(len(rows)), rows, starts), shape=(len(texts), vocabulary + pairs))
    counts.sum_duplicates()
    # Rare words tell more, as in TF-IDF; each text weighs the same.
    rarity = np.log((1 + len(texts)) / (1 + np.bincount(counts.indices, minlength=counts.shape[1]))) + 1
    weighted = diags_array(_MASS / np.diff(starts)) @ counts @ diags_array(rarity)
    labels = np.array(list(tasks.labels) * copies)
    columns = [_scores(weighted, labels == label) for label in LABELS]
    if tasks.drivers is None:
        columns += [np.zeros(vocabulary + pairs + 1)] * len(DRIVERS)
    else:
        columns += [_scores(weighted, rating) for rating in np.vstack([tasks.drivers >= 2] * copies).T]
    *weights, bias = np.stack(columns, axis=1)
    # A text's vector is the mean of its rows, so what is added to every row is added to the text.
    table = _MASS * rarity[:, None] * np.array(weights) + bias
    return StaticEncoder.of(table, vocabulary, tokens)


def with_words(raw: RawTier, words: StaticEncoder, validation: LabelledTasks) -> RawTier:
    """Let words speak beside what a tier reads, as much as helps on tasks that neither was fitted on.

    Parameters
    ----------
    raw : RawTier
        If its encoder is static, it must share the tokenizer and the rows of `words`; they become one table.
    words : StaticEncoder
        From `fit_words`.
    validation : LabelledTasks

    Returns
    -------
    RawTier
        Its first columns are those of `raw`.
    """
    texts = validation.in_both_forms()
    scores = raw.encoder.encode(texts).astype(np.float64) @ raw.weights.T + raw.bias
    labels = np.array(validation.labels * (len(texts) // len(validation)))
    n = len(LABELS)
    own, others = mixture(scores[:, :n], words.encode(texts)[:, :n].astype(np.float64), labels, LABELS)
    if isinstance(raw.encoder, StaticEncoder):
        # As large as its neighbours in a row, because a row is stored with one scale.
        size = raw.encoder.spread / max(words.spread, 1e-12)
        encoder: StaticEncoder | JointEncoder = raw.encoder.beside(words.times(size))
    elif isinstance(raw.encoder, OnnxEncoder):
        size = _SHRINK
        encoder = JointEncoder.of(raw.encoder, words.times(size))
    else:
        raise TypeError("this tier has words already")
    weights = np.hstack([own * raw.weights, others / size * np.eye(words.dimension)])
    return RawTier(encoder, weights, own * raw.bias, raw.with_drivers)


def _scores(weighted: Any, truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return one weight a column and then the bias; zeros if there is nothing to tell apart."""
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.zeros(weighted.shape[1] + 1)
    fitted = LogisticRegression(C=_C, class_weight="balanced", max_iter=300).fit(weighted, truth)
    return np.append(fitted.coef_[0], fitted.intercept_[0])
