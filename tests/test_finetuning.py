import numpy as np
import pytest

from taskfit import bundle as bundles
from taskfit.finetuning import FineTuning, fine_tune
from taskfit.finetuning.lessons import UNKNOWN, Lessons, _reworded
from taskfit.labelled import read_labelled
from taskfit.labels import LABELS
from taskfit.training import train_fine_tuned
from taskfit.unlabelled import Unlabelled

BASE = "all-MiniLM-L6-v2"
QUICK = FineTuning(epochs=2, batch_size=16, learning_rate=2e-4)


@pytest.fixture(scope="module")
def rows():
    from tests.conftest import _PATTERNS, _ROLES

    return [
        (pattern.format(role), label, role)
        for label, patterns in _PATTERNS.items()
        for pattern in patterns
        for role in _ROLES
    ]


@pytest.fixture(scope="module")
def tasks(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("fine") / "labelled.csv"
    driver = {"human-essential": "2,0,0,0,0"}
    lines = ["task,label,role,empathy,presence,judgement,creativity,leadership"]
    lines += [f"{task},{label},{role},{driver.get(label, '0,0,0,0,0')}" for task, label, role in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_labelled(path)


@pytest.fixture(scope="module")
def halves(tasks):
    held = {"warden", "tutor"}
    return tasks.where(lambda row: tasks.roles[row] not in held), tasks.where(lambda row: tasks.roles[row] in held)


@pytest.fixture(scope="module")
def taught(halves):
    steps = []
    model = fine_tune(*halves, base=BASE, settings=QUICK, progress=lambda *step: steps.append(step))
    return model, steps


def test_a_taught_model_labels_roles_that_it_never_saw(taught, halves):
    model, _ = taught
    probabilities = model.tier.label_head.probabilities(model.tier.encoder.encode(halves[1].texts))
    called = [LABELS[index] for index in probabilities.argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(called, halves[1].labels, strict=True)]) > 0.9


def test_drivers_are_taught_with_the_labels(taught, halves):
    model, _ = taught
    strengths = model.tier.driver_head.strengths(model.tier.encoder.encode(halves[1].texts))
    human = np.array(halves[1].labels) == "human-essential"
    assert strengths[human, 0].min() > strengths[~human, 0].max()


def test_progress_counts_every_step_to_the_end(taught):
    _, steps = taught
    assert [done for _, done, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1] == ("fine-tuning", len(steps), len(steps))


def test_the_loss_falls(taught):
    model, _ = taught
    first, second = model.history
    assert 0.9 <= model.as_in_floats <= 1
    assert second.loss < first.loss
    assert 0 <= second.accuracy <= 1


def test_words_stay_where_they_were(taught, encoder):
    from taskfit.encoders.onnx import dequantise
    from taskfit.encoders.sentence_transformer import export

    model, _ = taught
    before, after = (dequantise(one.weights) for one in (export(BASE), model.tier.encoder.meaning))
    name = next(name for name in before if "word_embeddings" in name)
    assert (before[name] == after[name]).all()
    assert any((before[other] != after[other]).any() for other in before if other != name)


def test_teaching_twice_gives_the_same_model(taught, halves):
    again = fine_tune(*halves, base=BASE, settings=QUICK)
    assert again.tier.label_head.weights == pytest.approx(taught[0].tier.label_head.weights, abs=1e-4)


def test_training_keeps_groups_apart_and_measures_what_it_returns(tasks, tmp_path):
    training = train_fine_tuned(tasks, BASE, name="small", settings=QUICK, bootstrap=0)
    assert training.figures[-1].n == 24
    assert "no role on two sides" in training.protocol
    assert training.bundle.facts["training"]["base"] == BASE
    assert len(training.bundle.facts["training"]["epochs"]) == 2
    bundles.save(training.bundle, tmp_path / "model")
    again = bundles.load(tmp_path / "model")
    vectors = again.tier.encoder.encode(["counsel a grieving sailor"])
    assert (again.tier.probabilities(vectors) == training.bundle.tier.probabilities(vectors)).all()


def test_rewording_changes_one_word_by_a_letter():
    text = "Reconcile supplier statements monthly"
    changed = {_reworded(text, np.random.default_rng(seed)) for seed in range(60)}
    assert len(changed) > 10
    for other in changed:
        differ = [(a, b) for a, b in zip(other.split(), text.split(), strict=True) if a != b]
        assert len(differ) <= 1  # swapping two equal letters changes nothing
        assert all(abs(len(a) - len(b)) <= 1 and a[0] == b[0] for a, b in differ)


def test_a_text_of_short_words_is_left_as_it_is_where_no_slip_fits():
    assert {_reworded("Do it now", np.random.default_rng(seed)) for seed in range(20)} == {"Do it now"}


def test_the_help_names_the_epochs_that_are_the_default():
    from taskfit.cli.train import command

    epochs = next(parameter for parameter in command.params if parameter.name == "epochs")
    assert f"[default: {FineTuning().epochs}]" in epochs.help


def test_teaching_ends_early_where_it_is_told_to(halves):
    settings = FineTuning(epochs=3, batch_size=16, stop_after=1)
    assert len(fine_tune(*halves, base=BASE, settings=settings).history) == 1


@pytest.fixture(scope="module")
def by_teacher(halves):
    steps = []
    pool = Unlabelled(["Soothe a crying cook", "Export the list of every nurse"], ["steward", ""])
    settings = FineTuning(epochs=1, batch_size=16, learning_rate=2e-4, teacher_epochs=2)
    model = fine_tune(
        *halves, base=BASE, teacher=BASE, unlabelled=pool, settings=settings, progress=lambda *step: steps.append(step)
    )
    return model, steps


def test_a_teacher_learns_first_and_then_teaches_more_tasks_than_are_labelled(by_teacher, halves):
    model, steps = by_teacher
    assert len(model.teacher_history) == 2
    assert len(model.history) == 1
    stages = list(dict.fromkeys(stage for stage, _, _ in steps))
    assert stages == ["teaching the teacher", "asking the teacher", "fine-tuning"]
    own, _, further = (next(total for stage, _, total in steps if stage == name) for name in stages)
    assert own == 2 * -(-len(halves[0]) // 16)
    assert further > own / 2


def test_what_a_teacher_taught_labels_roles_that_it_never_saw(by_teacher, halves):
    tier = by_teacher[0].tier
    called = [LABELS[at] for at in tier.probabilities(tier.encoder.encode(halves[1].texts)).argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(called, halves[1].labels, strict=True)]) > 0.9


def test_answers_stand_beside_the_form_that_they_answer(halves):
    lessons = Lessons.of(halves[0])
    asked = []

    def teacher(texts):
        asked.extend(texts)
        return np.arange(8 * len(texts), dtype=np.float32).reshape(-1, 8)

    answered = lessons.answered(["wholly new", f"Responsible for {lessons.texts[0]}", ""], teacher)
    n = len(lessons)
    assert asked[0] == lessons.texts[0]
    assert asked[n].endswith(f": {lessons.texts[0]}")
    assert asked[2 * n :] == ["wholly new"]  # each distinct text once
    assert answered.texts == [*lessons.texts, "wholly new"]
    assert answered.labels[-1] == UNKNOWN
    assert (answered.labels[:-1] == lessons.labels).all()
    assert answered.answers.shape == (n + 1, 2, 8)
    assert answered.answers[3, :, 0].tolist() == [8 * 3, 8 * (n + 3)]
    assert answered.answers[-1, :, 0].tolist() == [8 * 2 * n] * 2
    assert answered.decisive.shape == (n + 1, 5)
    assert answered.decisive.dtype == np.float32


def test_teaching_goes_on_from_the_shipped_model(halves):
    from taskfit.encoders import read_encoder
    from taskfit.encoders.sentence_transformer import read

    texts = halves[1].texts[:5]
    again = read("base").encode(texts, normalize_embeddings=True)
    assert (again * read_encoder("base").encode(texts)).sum(axis=1).min() > 0.998


def test_a_label_weighs_the_same_whatever_has_none_beside_it(halves):
    import torch

    from taskfit.encoders.sentence_transformer import read
    from taskfit.finetuning.learner import Learner

    lessons = Lessons.of(halves[0]).answered(["wholly new"], lambda texts: np.zeros((len(texts), 8), np.float32))
    settings = FineTuning(teacher_share=0.4)
    learner = Learner(read(BASE), lessons, settings, 0)
    scores = torch.zeros(4, 8)
    new = len(lessons) - 1

    def loss(rows):
        return float(learner._loss(scores[: len(rows)], np.array(rows), np.zeros(len(rows), dtype=bool)))

    unknown, known = loss([new]), loss([0])
    answered = np.log(3) + np.log(2)  # of even answers to even scores, labels and drivers
    assert unknown == pytest.approx(0.4 * answered, abs=1e-5)
    assert known == pytest.approx(answered, abs=1e-5)
    assert loss([0, new]) == pytest.approx((known + unknown) / 2, abs=1e-5)


def test_a_base_that_cannot_be_kept_is_refused_before_it_is_taught(halves, monkeypatch):
    from taskfit.encoders import sentence_transformer
    from taskfit.errors import EncoderError

    def unfit(model):
        raise EncoderError("does not pool by the mean")

    monkeypatch.setattr(sentence_transformer, "refuse_unfit", unfit)
    steps = []
    with pytest.raises(EncoderError, match="mean"):
        fine_tune(*halves, base=BASE, progress=lambda *step: steps.append(step))
    assert steps == []


def test_settings_of_a_teacher_are_told_where_there_is_one():
    assert "teacher_share" in FineTuning().told(with_teacher=True)
    assert "teacher_share" not in FineTuning().told(with_teacher=False)
    assert "epochs" in FineTuning().told(with_teacher=False)
