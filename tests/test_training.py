import csv

import numpy as np
import pytest

from taskfit import bundle as bundles
from taskfit.errors import LabelledDataError
from taskfit.labelled import read_labelled
from taskfit.labels import DRIVERS, LABELS
from taskfit.policy import POLICIES
from taskfit.training import train


@pytest.fixture
def tasks(labelled_csv):
    return read_labelled(labelled_csv)


def test_training_measures_honestly_and_fits_on_everything(tasks, encoder):
    training = train(tasks, encoder, name="small", bootstrap=20)
    assert [metrics.name for metrics in training.figures][-1] == "taskfit"
    assert training.figures[-1].accuracy > 0.9
    assert "cross-validation, no group and no repeated text on both sides" in training.protocol
    assert training.bundle.facts["data"]["fitted_on"] == 120
    assert training.bundle.facts["data"]["files"][0]["sha256"] == tasks.files[0].sha256


def test_a_trained_model_is_saved_and_loaded_and_answers_the_same(tasks, encoder, tmp_path):
    training = train(tasks, encoder, bootstrap=0)
    bundles.save(training.bundle, tmp_path / "model")
    again = bundles.load(tmp_path / "model")
    vectors = encoder.encode(["Counsel a grieving clerk", "Match invoices"])
    assert (again.tier.probabilities(vectors) == training.bundle.tier.probabilities(vectors)).all()
    assert again.tier.driver_head is None
    assert again.examples.nearest(vectors[0])[0].label == "human-essential"


def test_training_twice_gives_the_same_model(tasks, encoder):
    first, second = (train(tasks, encoder, bootstrap=0).bundle for _ in range(2))
    assert (first.tier.label_head.weights == second.tier.label_head.weights).all()
    assert (first.tier.label_head.scale == second.tier.label_head.scale).all()


def test_a_split_column_decides_what_is_tested(csv_file, labelled_rows, encoder):
    lines = ["task,label,role,split"]
    lines += [
        f"{task},{label},{role},{'test' if role in ('tutor', 'warden') else 'train'}"
        for task, label, role in labelled_rows
    ]
    training = train(read_labelled(csv_file("\n".join(lines))), encoder, bootstrap=0)
    assert training.figures[-1].n == 24
    assert training.bundle.facts["data"]["fitted_on"] == 96
    assert "test split: 24 tasks, fitted on 96" in training.protocol


def test_each_distinct_text_is_encoded_once(tasks, encoder, monkeypatch):
    asked = []
    encode = type(encoder).encode

    def watch(self, texts):
        asked.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(type(encoder), "encode", watch)
    train(tasks, encoder, bootstrap=0)
    assert len(asked) == len(set(asked)) == 120


def test_no_more_tasks_are_quoted_than_a_bundle_has_room_for(tasks, encoder, monkeypatch):
    monkeypatch.setattr("taskfit.training._QUOTED", 50)
    quoted = train(tasks, encoder, bootstrap=0).bundle.examples
    labels = dict(zip(tasks.texts, tasks.labels, strict=True))
    assert len(quoted.texts) == len(quoted.vectors) == 50
    assert [labels[text] for text in quoted.texts] == list(quoted.labels)
    assert set(quoted.labels) == set(LABELS)


def test_too_few_tasks_are_refused(csv_file, encoder):
    path = csv_file("task,label\nMatch invoices,automatable\nCoach staff,human-essential\n")
    with pytest.raises(LabelledDataError, match="too few tasks"):
        train(read_labelled(path), encoder)


@pytest.fixture(scope="module")
def corpus(root):
    return read_labelled(root / "data" / "tasks.csv")


def test_the_shipped_model_names_the_digest_of_the_corpus(corpus):
    manifest = bundles.inspect(bundles.find())
    assert manifest["data"]["files"][0]["sha256"] == corpus.files[0].sha256
    assert manifest["data"]["files"][0]["tasks"] == len(corpus)


def test_the_shipped_model_has_never_seen_the_test_split(corpus):
    bundle = bundles.load(bundles.find())
    assert not set(bundle.examples.texts) & set(corpus.split("test").texts)


def test_the_shipped_model_s_recorded_figures_are_those_of_the_test_split(corpus):
    bundle = bundles.load(bundles.find())
    testing = corpus.split("test")
    probabilities = bundle.tier.probabilities(bundle.tier.encoder.encode(testing.texts))

    accuracy = np.mean([LABELS[index] for index in probabilities.argmax(axis=1)] == np.array(testing.labels))
    recorded = next(figures for figures in bundle.facts["figures"] if figures["name"] == "taskfit")
    assert accuracy == pytest.approx(recorded["accuracy"], abs=0.005)


@pytest.mark.parametrize("key", ["policies", "policies_fast"])
def test_the_shipped_model_s_policies_were_measured_as_they_are_now(key):
    measured = bundles.inspect(bundles.find())[key]
    assert {name: result["costs"] for name, result in measured.items()} == {
        name: [list(row) for row in policy.costs] for name, policy in POLICIES.items()
    }


def test_the_shipped_model_beats_every_baseline():
    accuracy = {figures["name"]: figures["accuracy"] for figures in bundles.inspect(bundles.find())["figures"]}
    for data in ("", " on onet-labelled.csv"):
        for rival in ("majority", "keyword rules", "TF-IDF + logistic regression"):
            assert accuracy[f"taskfit{data}"] > accuracy[f"{rival}{data}"]


@pytest.fixture(scope="module")
def rows(root):
    with (root / "data" / "tasks.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_corpus_has_at_least_900_tasks_and_300_a_label(rows):
    counts = [sum(row["label"] == label for row in rows) for label in ("automatable", "augmentable", "human-essential")]
    assert sum(counts) >= 900
    assert min(counts) >= 300


def test_ids_and_texts_are_unique(rows):
    assert len({row["id"] for row in rows}) == len({row["task"] for row in rows}) == len(rows)


def test_labels_and_drivers_agree(rows):
    for row in rows:
        decisive = [name for name in DRIVERS if row[name] == "2"]
        if row["label"] == "human-essential":
            assert decisive, row
        if row["label"] == "automatable":
            assert not decisive, row


def test_no_role_and_no_family_is_in_two_splits(rows):
    for column in ("role", "family"):
        splits = {}
        for row in rows:
            if row[column]:
                assert splits.setdefault(row[column], row["split"]) == row["split"], row


def test_no_eight_words_in_a_row_are_from_a_public_corpus(rows, corpora):
    def shingles(text):
        words = "".join(char if char.isalnum() else " " for char in text.lower()).split()
        return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}

    public = set()
    for name in ("onet_exposure.csv", "workbank_experts.csv", "ilo_isco08.csv"):
        with (corpora / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                public |= shingles(row["task"])
    assert [row["task"] for row in rows if shingles(row["task"]) & public] == []
