from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import taskfit
from taskfit.errors import BundleError, PolicyError
from taskfit.labelled import read_labelled
from taskfit.labels import DRIVERS, LABELS
from taskfit.scoring import FIT_COLUMNS, Assessment
from taskfit.scoring.columns import cells

PLAIN = {
    "Send appointment reminders to patients by text message": "automatable",
    "Counsel an employee after a suicide in the team": "human-essential",
    "Lift and turn bedridden patients": "human-essential",
    "Draft the annual report for the director to review": "augmentable",
}


@pytest.mark.parametrize(("text", "label"), PLAIN.items())
def test_plain_tasks_get_the_label_of_the_rubric(model, text, label):
    assert model.assess([text])[0].label == label


def test_an_assessment_is_complete(model):
    (answer,) = model.assess(["Counsel an employee after a suicide in the team"])
    assert set(answer.probabilities) == set(LABELS)
    assert sum(answer.probabilities.values()) == pytest.approx(1)
    assert answer.confidence == answer.probabilities[answer.label]
    assert set(answer.drivers) == set(DRIVERS)
    assert all(0 <= value <= 1 for value in answer.drivers.values())
    assert answer.decisive[0] == "empathy"
    assert answer.status == "ok"


def test_drivers_are_decisive_only_where_a_person_is_needed(model):
    for answer in model.assess(list(PLAIN)):
        assert bool(answer.decisive) == (answer.label == "human-essential")
        strengths = [answer.drivers[name] for name in answer.decisive]
        assert strengths == sorted(strengths, reverse=True)


def test_the_same_text_gets_the_same_answer_in_any_company(model):
    texts = [*PLAIN, "", "12", "Other duties as assigned"] * 5
    together = model.assess(texts)
    assert [model.assess([text])[0] for text in texts[:7]] == together[:7]
    assert together[::-1] == model.assess(texts[::-1])


def test_what_is_no_task_gets_no_label(model):
    blank, number = model.assess(["  ", "42"])
    assert (blank.label, blank.status, blank.probabilities) == ("", "blank", None)
    assert (number.label, number.status, number.review) == ("", "not_a_task", True)


def test_a_truncated_text_is_labelled_and_flagged(model):
    (answer,) = model.assess(["Match supplier invoices to purchase orders " * 200])
    assert answer.label in LABELS
    assert answer.status == "truncated"
    assert answer.review


def test_one_text_is_not_a_list(model):
    with pytest.raises(TypeError, match="list of texts"):
        model.assess("Match invoices")


def test_bytes_are_not_text(model):
    with pytest.raises(TypeError, match="list of texts"):
        model.assess(b"Match invoices")
    with pytest.raises(TypeError, match="decode it first"):
        model.assess([b"Match invoices"])
    with pytest.raises(TypeError, match="decode it first"):
        model.assess(["Match invoices"], [b"clerk"])


def test_a_missing_value_of_any_kind_is_blank(model):
    missing = [None, float("nan"), np.float32("nan"), np.datetime64("NaT"), pd.NaT, pd.NA, ""]
    assert {answer.status for answer in model.assess(missing)} == {"blank"}
    bare = model.assess(["Handle complaints"])[0]
    assert model.assess(["Handle complaints"] * len(missing), missing) == [bare] * len(missing)


def test_columns_of_a_frame_are_read_in_their_order_whatever_their_index(model):
    texts, roles = ["Handle complaints"] * 2, ["hospice receptionist", "parcel tracking chatbot supervisor"]
    frame = pd.DataFrame({"task": texts, "role": roles}, index=[7, 0]).sort_index(ascending=False)
    assert model.assess(frame["task"], frame["role"]) == model.assess(texts, roles)
    assert model.assess(frame["task"].to_numpy(), frame["role"].to_numpy()) == model.assess(texts, roles)


def test_a_cache_that_cannot_be_used_is_said(tmp_path):
    assert taskfit.load(cache=tmp_path).problem == taskfit.load().problem == ""
    (tmp_path / "file").write_text("")
    model = taskfit.load(cache=tmp_path / "file" / "cache")
    model.assess(["Match invoices"])
    assert "not used" in model.problem


def test_roles_must_match_texts(model):
    with pytest.raises(ValueError, match="differ in length: 1 and 2"):
        model.assess(["Match invoices"], ["clerk", "nurse"])


def test_nothing_in_nothing_out(model):
    assert model.assess([]) == []


def test_the_nearest_labelled_tasks_are_evidence(model):
    near = model.nearest("Counsel an employee after a death in the team")
    assert len(near) == 3
    assert near[0].similarity >= near[1].similarity >= near[2].similarity
    assert near[0].label == "human-essential"


def test_a_stricter_policy_never_automates_more(corpora):
    import csv

    with (corpora / "onet_exposure.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["task"] for row in csv.DictReader(file)][:1500:5]
    counts = []
    for name in ("balanced", "cautious", "strict"):
        labels = [answer.label for answer in taskfit.load(policy=name).assess(texts)]
        counts.append(labels.count("automatable"))
    assert counts[0] >= counts[1] >= counts[2]
    assert counts[0] > counts[2]


def test_loading_nothing_that_exists_is_a_clear_error():
    with pytest.raises(BundleError, match="no model 'gone'"):
        taskfit.load("gone")
    with pytest.raises(PolicyError, match="no policy"):
        taskfit.load(policy="gone")


def test_cells_stand_in_the_order_of_the_columns(model):
    (answer,) = model.assess(["Lift and turn bedridden patients"])
    row = dict(zip(FIT_COLUMNS, cells(answer), strict=True))
    assert row["fit_label"] == "human-essential"
    assert row["fit_confidence"] == row["fit_p_human_essential"]
    assert row["fit_drivers"].split("; ")[0] == "presence"
    assert row["fit_status"] == "ok"


def test_written_probabilities_sum_to_one():
    random = np.random.default_rng(0)
    for row in random.dirichlet([0.3, 0.3, 0.3], size=500):
        answer = Assessment("x", "automatable", float(row[0]), dict(zip(LABELS, map(float, row), strict=True)))
        assert round(sum(cells(answer)[2:5]), 10) == 1


def test_an_unscored_row_has_empty_cells():
    row = dict(zip(FIT_COLUMNS, cells(Assessment("", status="blank", note="no task in this row")), strict=True))
    assert row["fit_label"] == ""
    assert row["fit_confidence"] is None
    assert row["fit_empathy"] is None
    assert row["fit_note"] == "no task in this row"


def test_the_same_words_in_another_role_can_be_other_work(model):
    hospice, hotline = model.assess(
        ["Handle complaints", "Handle complaints"], ["hospice receptionist", "parcel tracking chatbot supervisor"]
    )
    assert hospice.probabilities["human-essential"] > hotline.probabilities["human-essential"] + 0.1


def test_an_empty_role_is_no_role(model):
    bare, empty = model.assess(["Handle complaints"])[0], model.assess(["Handle complaints"], [" "])[0]
    assert bare == empty


def test_a_model_that_was_not_taught_roles_ignores_them(model):
    facts = {**model.bundle.facts, "reads_roles": False}
    deaf = replace(model, bundle=replace(model.bundle, facts=facts))
    assert not deaf.reads_roles
    assert deaf.assess(["Handle complaints"], ["hospice nurse"]) == deaf.assess(["Handle complaints"])


def test_what_is_like_nothing_taught_goes_to_a_person(model, root):
    strange = [
        "def f(x): return x + 1",
        "Preheat oven to 200 C and bake 25 minutes until golden",
        "Paris is the capital of France",
        "Is this seat taken?",
        "Happy birthday to you",
    ]
    answers = model.assess(strange)
    for answer in answers:
        assert answer.review or answer.label == "human-essential", answer.text
    assert sum("unlike" in answer.note for answer in answers) >= 3
    tasks = read_labelled(root / "data" / "tasks.csv").split("test")
    notes = [answer.note for answer in model.assess(tasks.texts)]
    assert sum("unlike" in note for note in notes) <= 0.06 * len(notes)
