import csv
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfit.errors import ColumnError, InventoryError
from taskfit.labels import LABELS
from taskfit.scoring import FIT_COLUMNS, Assessment
from taskfit.scoring.columns import cells
from taskfit.scoring.overrides import (
    DECISION_COLUMNS,
    Override,
    add_decisions,
    barred,
    barrier_columns,
    question_key,
    read_overrides,
    settled,
    toward_technology,
)

AT = list(FIT_COLUMNS).index


@pytest.fixture(scope="module")
def score(model):
    return cells(model.assess(["Match supplier invoices to purchase orders"])[0])


def test_a_decision_is_certain_and_says_who_when_and_why(score):
    result = settled(score, Override("human-essential", "Ada", "2026-11-20", "the union agreed so"))
    assert result[AT("fit_label")] == "human-essential"
    assert result[AT("fit_confidence")] == 1.0
    assert result[AT("fit_review")] is False
    assert result[AT("fit_status")] == "reviewed"
    assert result[AT("fit_note")] == "settled by Ada on 2026-11-20: the union agreed so"


def test_the_models_chances_and_drivers_stay_beside_a_decision(score):
    result = settled(score, Override("human-essential", "Ada", "2026-11-20", ""))
    assert result[AT("fit_p_automatable") : AT("fit_drivers")] == score[AT("fit_p_automatable") : AT("fit_drivers")]


def test_drivers_are_named_only_where_people_are_to_do_it(model):
    human = cells(model.assess(["Console a mourner at the graveside"])[0])
    assert human[AT("fit_drivers")]
    assert settled(human, Override("human-essential", "Ada", "", ""))[AT("fit_drivers")] == human[AT("fit_drivers")]
    assert settled(human, Override("augmentable", "Ada", "", ""))[AT("fit_drivers")] == ""


def test_a_barrier_stands_above_a_decision_and_the_note_says_both(score):
    decided = settled(score, Override("automatable", "Ada", "2026-11-20", "we can"))
    result = barred(decided, {"law": "§ 14"})
    assert (result[0], result[AT("fit_status")]) == ("augmentable", "barred")
    assert result[AT("fit_note")].startswith(
        "settled by Ada on 2026-11-20: we can; technology could, but law (§ 14) keeps"
    )
    kept = settled(score, Override("human-essential", "Ada", "", ""))
    assert barred(kept, {"law": "yes"}) == kept


def test_a_barrier_only_moves_toward_people(score, model):
    assert score[0] == "automatable"
    result = barred(score, {"law": "yes", "safety": "no"})
    assert result[0] == "augmentable"
    assert result[AT("fit_confidence")] == result[AT("fit_p_augmentable")]
    assert result[AT("fit_status")] == "barred"
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


def decision(label="augmentable", reviewer="Ada", day="2026-11-20", reason="", task="Post", role="clerk"):
    return {"task": task, "role": role, "label": label, "reviewer": reviewer, "reviewed_on": day, "reason": reason,
            "model_label": "automatable"}  # fmt: skip


def test_a_decision_that_is_known_is_not_added_again(tmp_path):
    file = tmp_path / "decisions.csv"
    both = [decision(), decision(reviewer="Bob", day="")]
    assert add_decisions(both, file, today="2026-11-21") == [0, 1]
    before = file.read_bytes()
    assert add_decisions(both, file, today="2026-11-25") == []
    assert file.read_bytes() == before
    assert add_decisions([decision("human-essential", "Cyd", day="")], file, today="2026-11-25") == [0]
    # Bob says it anew, after Cyd said otherwise.
    assert add_decisions([decision(reviewer="Bob", day="")], file, today="2026-11-26") == [0]
    assert read_overrides(file)[question_key("Post", "clerk")] == Override("augmentable", "Bob", "2026-11-26", "")


def test_a_reason_never_runs_as_a_formula_and_is_read_back_as_it_was(tmp_path):
    file = tmp_path / "decisions.csv"
    add_decisions([decision(reason='=HYPERLINK("http://x")')], file, today="")
    add_decisions([decision(task="File", reason="'tis so")], file, today="")
    with file.open(encoding="utf-8", newline="") as lines:
        assert [row["reason"][:3] for row in csv.DictReader(lines)] == ["'=H", "'ti"]
    found = read_overrides(file)
    assert found[question_key("Post", "clerk")].reason == '=HYPERLINK("http://x")'
    assert found[question_key("File", "clerk")].reason == "'tis so"


def test_columns_of_ones_own_stay_in_a_file_of_decisions(csv_file):
    file = csv_file("label,ticket,task\naugmentable,T-1,File\n")
    add_decisions([decision()], file, today="")
    rows = file.read_text("utf-8").splitlines()
    assert rows == ["label,ticket,task,role,reviewer,reviewed_on,reason,model_label", "augmentable,T-1,File,,,,,",
                    "augmentable,,Post,clerk,Ada,2026-11-20,,automatable"]  # fmt: skip


PLAIN = cells(Assessment("Post", "automatable", 0.9, dict(zip(LABELS, (0.9, 0.08, 0.02), strict=True))))


@pytest.mark.parametrize("cell", ["", " ", "no", "No ", "N", "FALSE", "0", "none", "-", "nein", "NON"])
def test_a_cell_that_says_no_bars_nothing(cell):
    assert barred(PLAIN, {"law": cell}) == PLAIN


@pytest.mark.parametrize("cell", ["yes", " Y ", "TRUE", "1", "x", "Ja", "oui"])
def test_a_plain_yes_bars_and_is_not_repeated_in_the_note(cell):
    assert barred(PLAIN, {"law": cell})[AT("fit_note")] == "technology could, but law keeps a person responsible"


@pytest.mark.parametrize("cell", ["maybe", "§ 14 BetrVG", "?", "n/a", "not yet", "ΝΑΙ"])
def test_any_other_word_bars_and_is_quoted(cell):
    result = barred(PLAIN, {"law": f" {cell} "})
    assert result[0] == "augmentable"
    assert f"law ({cell}) keeps" in result[AT("fit_note")]


def test_several_barriers_are_named_in_their_order():
    note = barred(PLAIN, {"law": "yes", "safety": "no", "agreement": "2019"})[AT("fit_note")]
    assert note == "technology could, but law, agreement (2019) keeps a person responsible"


@given(st.sampled_from(LABELS), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_a_barrier_never_moves_a_task_toward_technology_nor_touches_a_chance(label, barriers):
    score = settled(PLAIN, Override(label, "Ada", "", ""))
    result = barred(score, barriers)
    assert not toward_technology(result[0], label)
    assert result[2 : AT("fit_drivers")] == score[2 : AT("fit_drivers")]
    assert barred(result, barriers) == result


@pytest.mark.parametrize(
    ("reviewer", "day", "reason", "note"),
    [
        ("Ada", "2026-11-20", "so", "settled by Ada on 2026-11-20: so"),
        ("Ada", "", "", "settled by Ada"),
        ("", "2026-11-20", "", "settled on 2026-11-20"),
        ("", "", "", "settled"),
    ],
)
def test_the_note_of_a_decision_says_what_is_known_of_it(reviewer, day, reason, note):
    assert settled(PLAIN, Override("augmentable", reviewer, day, reason))[AT("fit_note")] == note


@pytest.mark.parametrize(("label", "than"), list(itertools.product(LABELS, LABELS)))
def test_toward_technology_means_earlier_among_the_labels(label, than):
    assert toward_technology(label, than) == (LABELS.index(label) < LABELS.index(than))


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_question_is_the_same_in_capitals_and_with_a_stop(text, role):
    assert question_key(text, role) == question_key(f"  {text}  ", f"{role} ")
    assert question_key("Post invoices.", "Clerk") == question_key("POST INVOICES", "clerk")


def test_barrier_columns_are_found_or_named_beside_those_there_are():
    assert barrier_columns(["task", "law"], ["law"]) == {"law": 1}
    assert barrier_columns(["task"], []) == {}
    with pytest.raises(ColumnError, match="no column 'Law': the file has task, law; name one with --barrier"):
        barrier_columns(["task", "law"], ["Law"])


@pytest.mark.parametrize("label", ["Automatable", "human essential", "", "<b>automatable</b>", "automatable;"])
def test_a_label_in_a_file_of_decisions_is_one_of_the_three(csv_file, label):
    with pytest.raises(InventoryError, match=r"line 3: .* is no label; write one of automatable, augmentable"):
        read_overrides(csv_file(f"task,label\nPost,automatable\nSend,{label}\n"))


def test_decisions_without_role_or_reviewer_are_enough(csv_file):
    assert read_overrides(csv_file("label,task\naugmentable,Post\n")) == {
        question_key("Post", ""): Override("augmentable", "", "", "")
    }


def test_adding_nothing_makes_a_file_with_a_header_alone(tmp_path):
    assert add_decisions([], tmp_path / "d.csv", today="2026-11-21") == []
    assert (tmp_path / "d.csv").read_text("utf-8").splitlines() == [",".join(DECISION_COLUMNS)]


def test_a_file_that_holds_no_decisions_is_not_overwritten(csv_file):
    file = csv_file("task,hours\nPost,3\n")
    before = file.read_bytes()
    with pytest.raises(InventoryError, match="no column 'label'"):
        add_decisions([decision()], file, today="")
    assert file.read_bytes() == before


typed = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12).map(str.strip)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed, typed, st.sampled_from(LABELS))
def test_whatever_a_reviewer_types_comes_back_as_it_was(tmp_path, reviewer, reason, label):
    file = tmp_path / "decisions.csv"
    file.unlink(missing_ok=True)
    add_decisions([decision(label, reviewer, reason=reason)], file, today="")
    assert read_overrides(file)[question_key("Post", "clerk")] == Override(label, reviewer, "2026-11-20", reason)
    assert add_decisions([decision(label, reviewer, reason=reason)], file, today="") == []
