import pytest

from taskfit.datasets import SCALES, convert
from taskfit.errors import LabelledDataError


@pytest.mark.parametrize(
    ("scale", "value", "label"),
    [
        ("automation", "T0", "human-essential"),
        ("automation", "T1", "augmentable"),
        ("automation", "t2", "augmentable"),
        ("automation", "T3", "automatable"),
        ("automation", "4", "automatable"),
        ("agency", "H1", "automatable"),
        ("agency", "2", "automatable"),
        ("agency", "H3", "augmentable"),
        ("agency", "H4", "human-essential"),
        ("agency", "5", "human-essential"),
        ("exposure", "E0", "human-essential"),
        ("exposure", "E1", "automatable"),
        ("exposure", "E2", "augmentable"),
        ("ilo", "0.1", "human-essential"),
        ("ilo", "0.4", "augmentable"),
        ("ilo", "0.7", "automatable"),
        ("substitution", "Substitution", "automatable"),
        ("substitution", "complementarity", "augmentable"),
        ("substitution", "NEGLIGIBILITY", "human-essential"),
    ],
)
def test_each_value_has_its_label(scale, value, label):
    assert convert([("do it", "", [value])], SCALES[scale])[0].label == label


@pytest.mark.parametrize(
    ("ratings", "label"), [(["2", "2"], "automatable"), (["2", "3"], "augmentable"), (["3", "4"], "human-essential")]
)
def test_a_mean_agency_is_cut_at_two_and_a_half_and_three_and_a_half(ratings, label):
    task = convert([("do it", "clerk", ratings)], SCALES["agency"])[0]
    assert (task.label, task.ratings) == (label, 2)


def test_rows_of_one_task_and_role_are_averaged_and_others_are_kept_apart():
    rows = [("Do it.", "clerk", ["1"]), ("do it", "Clerk", ["5"]), ("do it", "nurse", ["5"])]
    tasks = convert(rows, SCALES["agency"])
    assert [(task.role, task.rating) for task in tasks] == [("clerk", 3.0), ("nurse", 5.0)]


def test_empty_ratings_and_tasks_without_any_are_left_out():
    tasks = convert([("a", "", ["", "T3"]), ("b", "", [" "])], SCALES["automation"])
    assert [(task.task, task.ratings) for task in tasks] == [("a", 1)]


@pytest.mark.parametrize("value", ["T5", "E1", "9", "often"])
def test_a_rating_off_the_scale_is_refused_with_its_line(value):
    with pytest.raises(LabelledDataError, match=r"line 7: .* not on the automation scale"):
        convert([("a", "", [value])], SCALES["automation"], lines=[7])


def test_a_file_without_ratings_is_refused():
    with pytest.raises(LabelledDataError, match="no row has a rating"):
        convert([("a", "", [""])], SCALES["ilo"])


def test_every_scale_says_what_it_loses():
    assert all(len(scale.losses) > 40 for scale in SCALES.values())
