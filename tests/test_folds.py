import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.folds import separable, stratified_folds, tied


def test_rows_that_share_a_value_of_any_key_hang_together():
    texts, groups = ["a", "b", "b", "c", "d"], [1, 1, 2, 3, 3]
    assert tied(texts).tolist() == [0, 1, 1, 2, 3]
    parts = tied(texts, groups)
    assert len({*parts[:3]}) == len({*parts[3:]}) == 1
    assert parts[0] != parts[3]
    assert tied([], []).tolist() == tied([]).tolist() == []


def test_a_part_is_never_parted_and_every_row_is_tested_once():
    parts = np.arange(60) // 3
    folds = stratified_folds(np.array(["x", "y"] * 30), parts, 5, 0)
    assert len(folds) == 5
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(60))
    assert all(not {*parts[train]} & {*parts[test]} for train, test in folds)


def test_one_part_of_a_label_is_too_few_for_folds():
    assert stratified_folds(np.array(["x", "x", "y"]), np.array([0, 0, 1]), 5, 0) == []


keys = st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abcdef")), min_size=1, max_size=25)


@settings(deadline=None)
@given(keys)
def test_parts_are_what_can_be_reached_through_shared_values(rows):
    parts = tied(*zip(*rows, strict=True))
    reached = [{row} for row in range(len(rows))]
    for _ in rows:
        for row, company in enumerate(reached):
            reached[row] = company | {
                other for other in range(len(rows)) for seen in company
                if rows[other][0] == rows[seen][0] or rows[other][1] == rows[seen][1]
            }  # fmt: skip
    for row, company in enumerate(reached):
        assert {other for other in range(len(rows)) if parts[other] == parts[row]} == company


def test_values_are_compared_as_text_and_may_be_of_any_kind():
    parts = tied([1, "1", None, float("nan"), ("a", 2)])
    assert parts[0] == parts[1]
    assert len({*parts}) == 4


def test_equal_values_of_different_keys_tie_nothing():
    assert len({*tied(["a", "b", "c"], ["b", "c", "a"])}) == 3


def test_a_third_key_ties_too():
    assert len({*tied(["a", "b", "c"], [1, 2, 3], ["x", "x", "y"])}) == 2


def test_separable_counts_the_parts_of_each_label():
    assert separable(np.array(["x", "x", "y", "y"]), np.array([0, 0, 0, 1])) == {"x": 1, "y": 2}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 8)), min_size=1, max_size=60), st.integers(2, 6))
def test_folds_never_part_a_part_whatever_the_data(rows, wanted):
    labels, parts = (np.array(column) for column in zip(*rows, strict=True))
    folds = stratified_folds(labels, parts, wanted, 0)
    assert len(folds) <= min(wanted, *separable(labels, parts).values())
    if folds:
        assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(rows)))
    for train, test in folds:
        assert len(test)
        assert not {*parts[train]} & {*parts[test]}
        assert sorted([*train, *test]) == list(range(len(rows)))


def test_a_seed_repeats_its_folds_and_another_shuffles():
    labels, parts = np.array(["x", "y"] * 40), np.arange(80) // 2

    def tests(seed):
        return [test.tolist() for _, test in stratified_folds(labels, parts, 4, seed)]

    assert tests(0) == tests(0) != tests(1)
