from types import SimpleNamespace

import numpy as np
import pytest

from taskfit.errors import BundleError
from taskfit.heads import LabelHead
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.tier import ForeignHead, RawTier, Tier, calibrated
from tests import tiny


def foreign(*classes):
    """A classifier that is surer of a class the later it stands."""
    shares = np.arange(1, len(classes) + 1) / sum(range(1, len(classes) + 1))
    return SimpleNamespace(classes_=np.array(classes), predict_proba=lambda vectors: [shares.tolist()] * len(vectors))


def test_probabilities_stand_in_the_order_of_the_labels_whatever_the_head_says():
    tier = Tier(tiny.static(), ForeignHead(foreign("human-essential", "automatable", "augmentable")))
    assert tier.probabilities(np.zeros((2, 4))) == pytest.approx(np.array([[2, 3, 1]] * 2) / 6)


def test_a_label_that_a_head_lacks_is_impossible():
    tier = Tier(tiny.static(), ForeignHead(foreign("human-essential", "automatable")))
    assert tier.probabilities(np.zeros((1, 4))) == pytest.approx(np.array([[2 / 3, 0, 1 / 3]]))


def test_a_foreign_head_names_its_classes_as_text():
    assert ForeignHead(foreign("augmentable")).classes == ("augmentable",)
    assert ForeignHead(foreign(1, 2)).classes == ("1", "2")


def test_other_labels_are_all_named():
    with pytest.raises(BundleError, match="labels are automatable, augmentable, human-essential; got also fun, toil"):
        Tier(tiny.static(), ForeignHead(foreign("toil", "automatable", "fun")))


@pytest.fixture
def validation(labelled_rows, tmp_path):
    path = tmp_path / "validation.csv"
    lines = [f"{task},{label},{role},{2 * (label == LABELS[2])},0,0,0,0" for task, label, role in labelled_rows]
    path.write_text("\n".join(["task,label,role,empathy,presence,judgement,creativity,leadership", *lines]))
    return read_labelled(path)


@pytest.fixture
def raw(validation):
    """Heads that point at the mean vector of each label, and are far too sure."""
    encoder = tiny.static()
    vectors = encoder.encode(validation.texts).astype(np.float64)
    truth = np.array(validation.labels)
    means = np.stack([vectors[truth == label].mean(axis=0) for label in LABELS])
    empathy = means[2] - means[:2].mean(axis=0)
    return RawTier(encoder, 200 * np.vstack([means, empathy, np.zeros((4, tiny.DIMENSION))]), np.zeros(8), True)


def test_calibrating_makes_sure_scores_honest_on_both_forms(raw, validation):
    tier = calibrated(raw, validation)
    before = LabelHead(LABELS, raw.weights[:3], raw.bias[:3], np.ones(3), np.zeros(3))
    vectors, truth = raw.encoder.encode(validation.in_both_forms()), [LABELS.index(x) for x in validation.labels * 2]

    def loss(probabilities):
        return -np.log(np.maximum(probabilities[np.arange(len(truth)), truth], 1e-12)).mean()

    assert len(vectors) == 2 * len(validation)
    assert loss(tier.probabilities(vectors)) < loss(before.probabilities(vectors))
    assert (tier.label_head.weights == raw.weights[:3]).all()


def test_calibrating_gives_label_sets_of_every_label_from_bare_tasks_only(raw, validation):
    sets = calibrated(raw, validation).label_sets
    assert [len(scores) for scores in sets.scores] == [validation.labels.count(label) for label in LABELS]


def test_drivers_that_were_rated_are_calibrated_and_the_rest_left_alone(raw, validation):
    tier = calibrated(raw, validation)
    assert tier.driver_head.scale[0] != 1
    assert (tier.driver_head.scale[1:] == 1).all()
    strengths = tier.driver_head.strengths(raw.encoder.encode(validation.texts))[:, 0]
    human = np.array(validation.labels) == LABELS[2]
    assert strengths[human].mean() > strengths[~human].mean()


@pytest.mark.parametrize("missing", ["taught", "rated"])
def test_without_drivers_there_is_no_driver_head(raw, validation, missing):
    if missing == "taught":
        raw = raw._replace(with_drivers=False)
    else:
        object.__setattr__(validation, "drivers", None)
    assert calibrated(raw, validation).driver_head is None
