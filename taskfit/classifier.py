"""How is a text classifier fitted? A scikit-learn estimator: texts in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from taskfit.calibration import platt_scaling, vector_scaling
from taskfit.encoders import Encoder, shipped_encoder
from taskfit.folds import stratified_folds, tied
from taskfit.heads import DriverHead, LabelHead
from taskfit.labels import DRIVERS
from taskfit.text import key

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["TaskFitClassifier"]


class TaskFitClassifier(ClassifierMixin, BaseEstimator):
    """Label task descriptions with calibrated probabilities.

    A sentence encoder turns each text into a vector; a multinomial logistic regression labels it. Its scores are
    calibrated by vector scaling on out-of-fold predictions, in which no group and no repeated text stands on both
    sides.

    Parameters
    ----------
    encoder : Encoder, optional
        What turns texts into vectors. By default, the encoder of the shipped model.
    C : float
        Inverse strength of the regularisation.
    class_weight : "balanced", dict or None
        As in `sklearn.linear_model.LogisticRegression`.
    calibrate : bool
        Whether to calibrate. It costs `folds` further fits of the head.
    folds : int
        Folds of the calibration; fewer are used where a class is too small.
    random_state : int
        Seed of the folds.

    Attributes
    ----------
    classes_ : ndarray
        The labels, sorted, of the type that `fit` was given.
    label_head_ : LabelHead
    driver_head_ : DriverHead or None
        Set if `fit` was given driver ratings.
    encoder_ : Encoder
    out_of_fold_ : ndarray of shape (n, classes) or None
        Uncalibrated out-of-fold scores of the training texts.
    """

    #: Tells `taskfit.evaluation.cross_validate` that `fit` takes ``groups``.
    accepts_groups = True

    def __init__(
        self,
        encoder: Encoder | None = None,
        C: float = 10.0,
        class_weight: Any = "balanced",
        calibrate: bool = True,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.encoder = encoder
        self.C = C
        self.class_weight = class_weight
        self.calibrate = calibrate
        self.folds = folds
        self.random_state = random_state

    def fit(
        self, X: ArrayLike, y: ArrayLike, *, drivers: ArrayLike | None = None, groups: Any = None
    ) -> TaskFitClassifier:
        """Fit the heads.

        Parameters
        ----------
        X : sequence of str, length n
            Task descriptions. An array of shape (n, dimension) is taken as their vectors.
        y : sequence of str, length n
            Labels; at least two different ones.
        drivers : array of shape (n, 5), optional
            Ratings 0, 1 or 2 in the order of `taskfit.labels.DRIVERS`.
        groups : sequence, length n, optional
            What must not be split between folds, such as the role.

        Returns
        -------
        TaskFitClassifier
            Itself.

        Raises
        ------
        ValueError
            If lengths differ, a label is missing or there is only one.
        """
        labels = _labels(y)
        if len(labels) != len(X):  # type: ignore[arg-type]
            raise ValueError(f"X and y differ in length: {len(X)} and {len(labels)}")  # type: ignore[arg-type]
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"there is only one label ({', '.join(map(str, self.classes_))}); a classifier needs two")
        self.encoder_ = self._encoder()
        vectors = self._vectors(X)
        folds = self._folds(X, labels, groups) if self.calibrate else []
        self.label_head_, self.out_of_fold_ = self._fit_labels(vectors, labels, folds)
        self.driver_head_ = None if drivers is None else self._fit_drivers(vectors, np.asarray(drivers), folds)
        return self

    @classmethod
    def from_heads(cls, encoder: Encoder, label_head: LabelHead, driver_head: DriverHead | None) -> TaskFitClassifier:
        """Return a fitted classifier from heads that were fitted elsewhere."""
        classifier = cls(encoder)
        classifier.encoder_ = encoder
        classifier.classes_ = np.array(label_head.classes)
        classifier.label_head_, classifier.driver_head_, classifier.out_of_fold_ = label_head, driver_head, None
        return classifier

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n, classes), columns as in `classes_`."""
        check_is_fitted(self, "label_head_")
        return self.label_head_.probabilities(self._fitting(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the likeliest label of each text, shape (n,). A `taskfit.policy.Policy` weighs costs instead."""
        likeliest = np.argmax(self.predict_proba(X), axis=1)
        labels: NDArray[Any] = self.classes_[likeliest]
        return labels

    def out_of_fold_probabilities(self) -> NDArray[np.float64] | None:
        """Return calibrated probabilities of the training texts, each by a head that saw neither it nor its group.

        Returns
        -------
        ndarray of shape (n, classes) or None
            None where there was nothing to calibrate on.
        """
        check_is_fitted(self, "label_head_")
        if self.out_of_fold_ is None:
            return None
        size = len(self.classes_)
        return replace(self.label_head_, weights=np.eye(size), bias=np.zeros(size)).probabilities(self.out_of_fold_)

    def driver_strengths(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that each driver is decisive, shape (n, 5)."""
        check_is_fitted(self, "driver_head_")
        if self.driver_head_ is None:
            raise ValueError("this classifier was fitted without driver ratings; give fit(..., drivers=...)")
        return self.driver_head_.strengths(self._fitting(X))

    def _encoder(self) -> Encoder:
        if self.encoder is not None:
            return self.encoder
        return shipped_encoder()

    def _vectors(self, X: ArrayLike) -> NDArray[np.float32]:
        if _is_vectors(X):
            return np.asarray(X)
        return self.encoder_.encode(_texts(X))

    def _fitting(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return the vectors of texts, or the vectors given; refuse vectors of another encoder."""
        vectors, dimension = self._vectors(X), self.label_head_.weights.shape[1]
        if vectors.shape[1] != dimension:
            raise ValueError(f"the vectors have {vectors.shape[1]} numbers each; this classifier reads {dimension}")
        return vectors

    def _folds(self, X: ArrayLike, labels: NDArray[Any], groups: Any) -> list[tuple[Any, Any]]:
        # A group or a repeated text on both sides would flatter the calibration; of vectors no text is known.
        texts = list(range(len(labels))) if _is_vectors(X) else [key(text) for text in _texts(X)]
        parts = tied(texts, *([] if groups is None else [groups]))
        return stratified_folds(labels, parts, self.folds, self.random_state)

    def _fit_labels(
        self, vectors: NDArray[np.float32], labels: NDArray[Any], folds: list[tuple[Any, Any]]
    ) -> tuple[LabelHead, NDArray[np.float64] | None]:
        head = self._label_head(vectors, labels)
        if not folds:
            return head, None
        held_out = np.zeros((len(labels), len(self.classes_)))
        for train, test in folds:
            if len(np.unique(labels[train])) < len(self.classes_):
                return head, None
            held_out[test] = self._label_head(vectors[train], labels[train]).scores(vectors[test])
        scale, shift = vector_scaling(held_out, labels, list(self.classes_))
        return LabelHead(head.classes, head.weights, head.bias, scale, shift), held_out

    def _label_head(self, vectors: NDArray[np.float32], labels: NDArray[Any]) -> LabelHead:
        regression = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=2000)
        regression.fit(vectors.astype(np.float64), labels)
        weights, bias = regression.coef_, regression.intercept_
        if len(weights) == 1:  # two classes share one row of weights
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
        ones, zeros = np.ones(len(weights)), np.zeros(len(weights))
        return LabelHead(tuple(str(name) for name in self.classes_), weights, bias, ones, zeros)

    def _fit_drivers(
        self, vectors: NDArray[np.float32], ratings: NDArray[Any], folds: list[tuple[Any, Any]]
    ) -> DriverHead:
        if ratings.shape != (len(vectors), len(DRIVERS)):
            raise ValueError(f"drivers must have shape ({len(vectors)}, {len(DRIVERS)}), got {ratings.shape}")
        rows = [self._fit_driver(vectors, ratings[:, column] >= 2, folds) for column in range(len(DRIVERS))]
        weights, bias, scale, shift = (np.array(part) for part in zip(*rows, strict=True))
        return DriverHead(weights, bias, scale, shift)

    def _fit_driver(
        self, vectors: NDArray[np.float32], decisive: NDArray[np.bool_], folds: list[tuple[Any, Any]]
    ) -> tuple[NDArray[np.float64], float, float, float]:
        if decisive.all() or not decisive.any():
            # Nothing to learn: the share itself, kept off 0 and 1.
            share = np.clip(decisive.mean(), 0.001, 0.999)
            return np.zeros(vectors.shape[1]), float(np.log(share / (1 - share))), 1.0, 0.0
        weights, bias = self._logistic(vectors, decisive)
        held_out = np.full(len(decisive), np.nan)
        for train, test in folds:
            if 0 < decisive[train].sum() < len(train):
                fold_weights, fold_bias = self._logistic(vectors[train], decisive[train])
                held_out[test] = vectors[test] @ fold_weights + fold_bias
        known = ~np.isnan(held_out)
        scale, shift = platt_scaling(held_out[known, None], decisive[known, None])
        return weights, bias, float(scale[0]), float(shift[0])

    def _logistic(self, vectors: NDArray[np.float32], decisive: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        regression = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=2000)
        regression.fit(vectors.astype(np.float64), decisive)
        return regression.coef_[0], float(regression.intercept_[0])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _is_vectors(X: ArrayLike) -> bool:
    return isinstance(X, np.ndarray) and X.ndim == 2 and np.issubdtype(X.dtype, np.floating)


def _labels(y: Any) -> NDArray[Any]:
    """Return labels of one kind, of the type that they have; refuse missing ones."""
    labels = np.asarray(y)
    missing = np.asarray(y.isna() if hasattr(y, "isna") else [label is None or label != label for label in y])
    if missing.any():
        raise ValueError(
            f"{missing.sum():,} labels are missing, the first at position {missing.argmax()}: leave out those tasks"
        )
    return labels.astype(str) if all(isinstance(label, str) for label in labels) else labels


def _texts(X: Any) -> Sequence[str]:
    if isinstance(X, str):
        raise TypeError("give a list of texts, not one text")
    texts = X.to_numpy(dtype=object).ravel().tolist() if hasattr(X, "to_numpy") else np.asarray(X, dtype=object).ravel()
    return [str(text) for text in texts]
