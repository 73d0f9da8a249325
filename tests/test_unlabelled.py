import numpy as np
import pytest

from taskfit.labelled import read_labelled
from taskfit.text import key
from taskfit.unlabelled import Unlabelled, questions

POOL = Unlabelled(["Count beans", "count  beans", "Shear sheep in spring"], ["clerk", "", "shearer"])


@pytest.fixture
def tasks(csv_file):
    return read_labelled(
        csv_file("task,label,role\nWeigh beans and count beans,automatable,clerk\nGreet,augmentable,\n")
    )


def asked(tasks, pool=POOL, clauses=100, crossed=0):
    return questions(tasks, pool, clauses, crossed, np.random.default_rng(0))


def test_tasks_are_asked_about_bare_with_their_roles_and_in_parts(tasks):
    found = asked(tasks)
    assert len(found) == len(set(found))
    assert {"Greet", "Shear sheep in spring", "clerk: Count beans", "shearer: Shear sheep in spring"} <= {*found}
    assert {"Weigh beans", "Shear sheep"} <= {*found}


def test_tasks_in_other_roles_are_asked_about_as_often_as_is_wanted(tasks):
    alone = {*asked(tasks)}
    crossed = [text for text in asked(tasks, crossed=6) if text not in alone]
    assert 0 < len(crossed) <= 6
    assert all(text.startswith(("clerk: ", "shearer: ")) for text in crossed)


def test_tasks_that_measure_are_no_questions_in_any_form(tasks):
    pool = POOL.without(["Count beans"])
    assert pool.texts == ["Shear sheep in spring"]
    assert pool.roles == ["shearer"]
    assert "count beans" in {key(text) for text in asked(tasks)}
    assert "count beans" not in {key(text) for text in asked(tasks, pool)}  # a clause of a task that teaches


def test_nothing_is_asked_about_nothing(tasks):
    assert "" not in asked(tasks, Unlabelled([""], ["nurse"]))
