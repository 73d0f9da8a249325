"""How a loaded model is measured, with parts that say what they are told to."""

from types import SimpleNamespace

import numpy as np
import pytest

from taskfit.errors import LabelledDataError
from taskfit.labelled import read_labelled
from taskfit.policy import POLICIES
from taskfit.scoring import Model
from taskfit.scoring.measure import measure_model


def model_of(seen, **facts):
    """Say automatable of everything, and note what was asked."""

    def encode(texts):
        seen.extend(texts)
        return np.zeros((len(texts), 1))

    tier = SimpleNamespace(
        encoder=SimpleNamespace(encode=encode),
        probabilities=lambda vectors: np.array([[0.98, 0.01, 0.01]] * len(vectors)),
    )
    return Model(SimpleNamespace(tier=tier, facts={"name": "ours", **facts}), POLICIES["cautious"])


FEW = "task,label,role\nPost invoices,automatable,clerk\nConsole mourners,human-essential,nurse\n"


def test_too_few_tasks_for_folds_are_measured_without_baselines(csv_file):
    (own,) = measure_model(model_of([]), read_labelled(csv_file(FEW)), bootstrap=0)
    assert (own.name, own.n, own.accuracy) == ("ours (cautious)", 2, 0.5)
    assert (own.human_called_automatable_count, own.human_count) == (1, 1)


@pytest.mark.parametrize(
    ("reads", "asked", "name"),
    [(True, "clerk: Post invoices", "ours (cautious, roles known)"), (False, "Post invoices", "ours (cautious)")],
)
def test_roles_are_told_where_the_model_reads_them_and_the_name_says_so(csv_file, reads, asked, name):
    seen = []
    (own,) = measure_model(model_of(seen, reads_roles=reads), read_labelled(csv_file(FEW)), bootstrap=0)
    assert seen[0] == asked
    assert own.name == name


def test_the_model_stands_last_beside_baselines_on_the_same_tasks(labelled_csv):
    found = measure_model(model_of([]), read_labelled(labelled_csv), bootstrap=0)
    assert len(found) > 1
    assert found[-1].name == "ours (cautious)"
    assert {metrics.n for metrics in found} == {120}


def test_an_unknown_label_is_named_with_its_file_before_anything_is_asked(csv_file):
    seen = []
    tasks = read_labelled(csv_file("task,label\nPost,maybe\nSend,automatable\n", "mine.csv"))
    with pytest.raises(LabelledDataError, match=r"mine.csv: unknown label 'maybe'; a label is one of automatable"):
        measure_model(model_of(seen), tasks)
    assert seen == []
