import pytest

from taskfit.errors import InventoryError
from taskfit.scoring import FIT_COLUMNS
from taskfit.scoring.columns import cells
from taskfit.scoring.overrides import Override, barred, question_key, read_overrides, settled

AT = list(FIT_COLUMNS).index


@pytest.fixture(scope="module")
def score(model):
    return cells(model.assess(["Match supplier invoices to purchase orders"])[0])


def test_a_decision_is_certain_and_says_who_when_and_why(score):
    result = settled(score, Override("human-essential", "Ada", "2026-11-20", "the union agreed so"))
    assert result[AT("fit_label")] == "human-essential"
    assert result[AT("fit_p_human_essential")] == 1.0
    assert result[AT("fit_review")] is False
    assert result[AT("fit_status")] == "reviewed"
    assert result[AT("fit_note")] == "settled by Ada on 2026-11-20: the union agreed so"


def test_a_barrier_only_moves_toward_people(score, model):
    assert score[0] == "automatable"
    result = barred(score, {"law": "yes", "safety": "no"})
    assert result[0] == "augmentable"
    assert result[AT("fit_confidence")] == result[AT("fit_p_augmentable")]
    assert "law keeps a person responsible" in result[AT("fit_note")]
    assert barred(score, {"law": "", "safety": "none"}) == score
    human = cells(model.assess(["Console a mourner at the graveside"])[0])
    assert barred(human, {"law": "yes"}) == human


def test_the_last_decision_about_a_task_counts(csv_file):
    file = csv_file("task,role,label,reviewer\nPost,clerk,augmentable,A\nPost.,Clerk,automatable,B\n")
    assert read_overrides(file) == {question_key("post", "CLERK"): Override("automatable", "B", "", "")}


def test_an_unknown_label_is_refused_with_its_line(csv_file):
    with pytest.raises(InventoryError, match="line 2: 'maybe' is no label"):
        read_overrides(csv_file("task,label\nPost,maybe\n"))
    with pytest.raises(InventoryError, match="no column 'label'"):
        read_overrides(csv_file("task,verdict\nPost,maybe\n"))
