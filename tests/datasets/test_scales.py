import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.datasets import SCALES, convert
from taskfit.errors import LabelledDataError
from taskfit.labels import LABELS


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


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_cuts_rise_and_leave_no_gap(scale):
    limits = [limit for limit, _ in scale.cuts]
    assert limits == sorted(set(limits))
    assert limits[-1] == float("inf")
    assert {label for _, label in scale.cuts} == set(LABELS)
    low, high = scale.bounds
    assert all(low <= number <= high for number in scale.numbers.values())
    assert {scale.label(low), scale.label(high)} == {"automatable", "human-essential"}


@settings(deadline=None)
@given(st.sampled_from(list(SCALES.values())), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rating_never_turns_back(scale, one, two):
    low, high = scale.bounds
    order = [label for _, label in scale.cuts]
    first, second = sorted((low + one * (high - low), low + two * (high - low)))
    assert order.index(scale.label(first)) <= order.index(scale.label(second))


@pytest.mark.parametrize("value", ["nan", "inf", "-0.01", "1.01", "", "0,5", "½"])
def test_what_is_not_between_the_bounds_is_no_rating(value):
    with pytest.raises(ValueError, match=r"between 0 and 1|could not convert"):
        SCALES["ilo"].number(value)


@pytest.mark.parametrize(("value", "number"), [(" t3 ", 3.0), ("T0", 0.0), ("2.5", 2.5), ("4", 4.0)])
def test_a_name_or_a_plain_number_is_a_rating(value, number):
    assert SCALES["automation"].number(value) == number


def test_a_bad_rating_without_lines_is_counted_from_one():
    with pytest.raises(LabelledDataError, match=r"line 2: 'high' is not on the ilo scale .*--scale and --column"):
        convert([("a", "", ["0.5"]), ("b", "", ["high"])], SCALES["ilo"])


def test_a_task_keeps_the_wording_of_its_first_rated_row():
    tasks = convert([("Do It", "Clerk", [""]), ("do it.", "clerk", ["1"]), ("DO IT", "", ["3"])], SCALES["agency"])
    assert [(task.task, task.role, task.ratings) for task in tasks] == [("do it.", "clerk", 1), ("DO IT", "", 1)]
