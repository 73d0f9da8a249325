import numpy as np
import pytest

pytest.importorskip("torch")

from taskfit.distillation import Distillation, distil
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.tier import Tier
from taskfit.unlabelled import Unlabelled

QUICK = Distillation(dimension=24, pairs=512, epochs=30, batch_size=64, learning_rate=2e-2)


@pytest.fixture(scope="module")
def halves(root):
    tasks = read_labelled(root / "data" / "tasks.csv")
    return tasks.split("train").take(range(600)), tasks.split("dev").take(range(200))


@pytest.fixture(scope="module")
def student(halves, model):
    steps = []
    pool = Unlabelled(["Match invoices to orders", "Console a mourner"], ["clerk", ""])
    taught = distil(model.bundle.tier, *halves, pool, settings=QUICK, progress=lambda *step: steps.append(step))
    return taught, steps


def agreement(one: Tier, two: Tier, texts) -> float:
    called = [tier.probabilities(tier.encoder.encode(texts)).argmax(axis=1) for tier in (one, two)]
    return float((called[0] == called[1]).mean())


def test_the_student_says_what_its_teacher_says(student, halves, model):
    assert agreement(student[0], model.bundle.tier, halves[0].texts) > 0.9


def test_it_carries_to_tasks_that_it_never_saw(student, halves):
    tier, validation = student[0], halves[1]
    called = tier.probabilities(tier.encoder.encode(validation.texts)).argmax(axis=1)
    right = np.mean([LABELS[index] == label for index, label in zip(called, validation.labels, strict=True)])
    assert right > max(validation.labels.count(label) for label in LABELS) / len(validation) + 0.15


def test_heads_drivers_and_label_sets_are_calibrated_on_validation(student, halves):
    tier, validation = student[0], halves[1]
    assert tier.driver_head is not None
    assert tier.label_sets is not None
    assert [len(scores) for scores in tier.label_sets.scores] == [validation.labels.count(label) for label in LABELS]


def test_progress_runs_to_the_end(student):
    steps = student[1]
    assert steps[-1] == (len(steps), len(steps))


def test_distilling_twice_gives_the_same_student(student, halves, model):
    pool = Unlabelled(["Match invoices to orders", "Console a mourner"], ["clerk", ""])
    assert distil(model.bundle.tier, *halves, pool, settings=QUICK).encoder == student[0].encoder
