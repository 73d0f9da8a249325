import json

import numpy as np
import pytest

from taskfit.conformal import LabelSets
from taskfit.evaluation import profile
from taskfit.evaluation.profile import COVERAGES
from taskfit.heads import DriverHead, LabelHead
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.tier import Tier

HEADER = "task,label,family,empathy,presence,judgement,creativity,leadership\n"


class Letters:
    """Vectors that say which of x, y and z a text begins with; the longer it is, the surer."""

    dimension, fingerprint = 3, "letters"

    def encode(self, texts):
        return np.array([[len(text) * (text[0] == letter) for letter in "xyz"] for text in texts], dtype=np.float32)


@pytest.fixture
def tasks(csv_file):
    rows = (
        "xxxx a,automatable,f1,0,0,0,0,0\ny,augmentable,f1,0,1,0,0,0\nzzz b,human-essential,f2,2,0,0,0,0\n"
        "x,human-essential,f2,2,0,0,0,0\nyyy c,augmentable,f3,0,0,0,0,0\nzz d,human-essential,,2,0,0,0,0\n"
    )
    return read_labelled(csv_file(HEADER + rows))


def tier(**parts):
    return Tier(Letters(), LabelHead(LABELS, np.eye(3), np.zeros(3), np.ones(3), np.zeros(3)), **parts)


def test_the_surest_tasks_are_the_longest_and_are_right(tasks):
    result = profile(tier(), tasks)
    assert result["surest"] == [[0.25, 1.0], [0.5, 1.0], [0.75, 1.0], [0.9, 1.0], [1.0, pytest.approx(5 / 6)]]
    assert sum(count for *_, count in result["reliability"]) == len(tasks)


def test_families_count_only_where_they_have_two_members(tasks):
    assert profile(tier(), tasks)["families"] == {"families": 2, "all_right": 1}


def test_label_sets_are_measured_at_every_promise(tasks):
    wide = tier(label_sets=LabelSets((np.array([]),) * 3))
    result = profile(wide, tasks)["label_sets"]
    assert list(result) == [str(coverage) for coverage in COVERAGES]
    for figures in result.values():
        assert figures == {"covered": dict.fromkeys(LABELS, 1.0), "size": 3.0, "single": 0.0}


def test_narrow_sets_miss_what_is_called_wrongly(tasks):
    narrow = tier(label_sets=LabelSets((np.zeros(500),) * 3))
    result = profile(narrow, tasks)["label_sets"]["0.95"]
    assert result["covered"] == {"automatable": 1.0, "augmentable": 1.0, "human-essential": pytest.approx(2 / 3)}
    assert (result["size"], result["single"]) == (1.0, 1.0)


def test_drivers_are_measured_where_some_tasks_need_them_and_some_do_not(tasks):
    weights = np.zeros((5, 3))
    weights[0, 2] = 1.0
    head = DriverHead(weights, np.zeros(5), np.ones(5), np.zeros(5))
    result = profile(tier(driver_head=head), tasks)["drivers"]
    assert result == {"empathy": pytest.approx((2 * 3 + 1.5) / 9)}


def test_what_is_not_there_is_not_measured(csv_file):
    plain = read_labelled(csv_file("task,label\nx,automatable\n"))
    assert set(profile(tier(), plain)) == {"reliability", "surest"}


def test_a_profile_is_json(tasks):
    full = tier(label_sets=LabelSets((np.array([]),) * 3))
    assert json.loads(json.dumps(profile(full, tasks))) == profile(full, tasks)
