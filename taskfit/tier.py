"""What scores a task? An encoder with its heads: one tier of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from taskfit.calibration import platt_scaling, vector_scaling
from taskfit.conformal import LabelSets
from taskfit.encoders import CachedEncoder, JointEncoder, OnnxEncoder, StaticEncoder
from taskfit.errors import BundleError
from taskfit.heads import DriverHead, LabelHead
from taskfit.labelled import LabelledTasks
from taskfit.labels import DRIVERS, LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ForeignHead", "RawTier", "Tier", "calibrated"]


@dataclass(frozen=True)
class ForeignHead:
    """A scikit-learn classifier over the encoder's vectors that taskfit did not fit.

    Parameters
    ----------
    estimator : object
        Fitted, with ``predict_proba`` and ``classes_``.
    """

    estimator: Any

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, in the order of the columns of `probabilities`."""
        return tuple(str(name) for name in self.estimator.classes_)

    def probabilities(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return probabilities of shape (n, classes)."""
        return np.asarray(self.estimator.predict_proba(vectors), dtype=np.float64)


@dataclass(frozen=True)
class Tier:
    """An encoder with its heads.

    Parameters
    ----------
    encoder : OnnxEncoder, JointEncoder, StaticEncoder or CachedEncoder
    label_head : LabelHead or ForeignHead
    driver_head : DriverHead, optional
    label_sets : LabelSets, optional
        Which labels are possible, in the order of `taskfit.labels.LABELS`.
    """

    encoder: OnnxEncoder | JointEncoder | StaticEncoder | CachedEncoder
    label_head: LabelHead | ForeignHead
    driver_head: DriverHead | None = None
    label_sets: LabelSets | None = None

    def __post_init__(self) -> None:
        foreign = sorted(set(self.label_head.classes) - set(LABELS))
        if foreign:
            raise BundleError(f"a bundle's labels are {', '.join(LABELS)}; got also {', '.join(foreign)}")
        for head in (self.label_head, self.driver_head):
            if isinstance(head, LabelHead | DriverHead) and head.weights.shape[1] != self.encoder.dimension:
                raise BundleError(
                    f"a head reads vectors of {head.weights.shape[1]} numbers and its encoder gives "
                    f"{self.encoder.dimension}: train the model again"
                )

    def probabilities(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return calibrated probabilities of shape (n, 3), columns in the order of `taskfit.labels.LABELS`."""
        by_class = self.label_head.probabilities(vectors)
        result = np.zeros((len(vectors), len(LABELS)))
        for column, name in enumerate(self.label_head.classes):
            result[:, LABELS.index(name)] = by_class[:, column]
        return result


class RawTier(NamedTuple):
    """An encoder with heads that are not calibrated yet.

    Parameters
    ----------
    encoder : OnnxEncoder, JointEncoder or StaticEncoder
    weights, bias : ndarray of shape (8, dimension) and (8,)
        The labels, then the drivers.
    with_drivers : bool
        Whether the drivers' rows were taught.
    """

    encoder: OnnxEncoder | JointEncoder | StaticEncoder
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    with_drivers: bool


def calibrated(raw: RawTier, validation: LabelledTasks) -> Tier:
    """Return a tier whose probabilities and label sets are calibrated on tasks that it was not fitted on."""
    # Both forms in which tasks are scored: bare, and with their role.
    texts = validation.in_both_forms()
    copies = len(texts) // len(validation)
    vectors = raw.encoder.encode(texts)
    labels = validation.labels * copies
    n, m = len(LABELS), len(DRIVERS)
    weights, bias = raw.weights, raw.bias
    plain = LabelHead(LABELS, weights[:n], bias[:n], np.ones(n), np.zeros(n))
    scaling = vector_scaling(plain.scores(vectors), np.array(labels), LABELS)
    label_head = LabelHead(LABELS, weights[:n], bias[:n], *scaling)
    driver_head = None
    if raw.with_drivers and validation.drivers is not None:
        plain_drivers = DriverHead(weights[n:], bias[n:], np.ones(m), np.zeros(m))
        decisive = np.vstack([validation.drivers >= 2] * copies)
        driver_head = DriverHead(weights[n:], bias[n:], *platt_scaling(plain_drivers.scores(vectors), decisive))
    # One form only: the two forms of a task are no two independent tasks.
    bare = label_head.probabilities(vectors[: len(validation)])
    return Tier(raw.encoder, label_head, driver_head, LabelSets.of(bare, validation.labels, LABELS))
