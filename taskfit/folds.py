"""Which tasks must not be parted? Folds in which no group and no repeated text stands on both sides."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["separable", "stratified_folds", "tied"]


def tied(*keys: Sequence[Hashable]) -> NDArray[np.intp]:
    """Number the parts of a table whose rows hang together.

    Parameters
    ----------
    *keys : sequence, length n
        Such as the text and the group of each row; at least one.

    Returns
    -------
    ndarray of int, shape (n,)
        Two rows have the same number if they share a value of any key, or if other rows link them.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    columns = [np.unique([str(value) for value in values], return_inverse=True)[1] for values in keys]
    if len(columns) == 1:
        return np.asarray(columns[0], dtype=np.intp)
    starts = np.cumsum([0, *(column.max(initial=-1) + 1 for column in columns)])
    nodes = [column + start for column, start in zip(columns, starts, strict=False)]
    first, others = np.tile(nodes[0], len(nodes) - 1), np.concatenate(nodes[1:])
    edges = coo_array((np.ones(len(first)), (first, others)), shape=(starts[-1], starts[-1]))
    _, parts = connected_components(edges, directed=False)
    return np.asarray(parts[nodes[0]], dtype=np.intp)


def separable(labels: NDArray[Any], parts: NDArray[np.intp]) -> dict[Any, int]:
    """Return the number of parts in which each label stands."""
    return {label: len(np.unique(parts[labels == label])) for label in np.unique(labels)}


def stratified_folds(
    labels: NDArray[Any], parts: NDArray[np.intp], n_splits: int, random_state: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Split rows so that each part is on one side and each side has about the same mix of labels.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    parts : ndarray of int, shape (n,)
        From `tied`.
    n_splits : int
        Wanted number of folds; fewer are made where a label has fewer parts, and none where it has one only.
    random_state : int

    Returns
    -------
    list of (train, test)
        Arrays of positions; each position is in one test part.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(n_splits, *separable(labels, parts).values())
    if count < 2:
        return []
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=random_state)
    return [(train, test) for train, test in splitter.split(labels, labels, parts) if len(test)]
