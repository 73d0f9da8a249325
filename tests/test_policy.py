import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.errors import PolicyError
from taskfit.labels import LABELS
from taskfit.policy import DEFAULT_POLICY, POLICIES, Policy, find_policy


def decide(policy: str, *row: float):
    return POLICIES[policy].decide(np.array([row]))[0]


def test_the_default_policy_is_cautious():
    assert DEFAULT_POLICY == "cautious"


def test_balanced_takes_the_likeliest_label():
    assert decide("balanced", 0.5, 0.3, 0.2).label == "automatable"
    assert decide("balanced", 0.2, 0.5, 0.3).label == "augmentable"
    assert decide("balanced", 0.2, 0.3, 0.5).label == "human-essential"


def test_cautious_moves_a_doubtful_automatable_task_toward_people_and_says_why():
    decision = decide("cautious", 0.5, 0.3, 0.2)
    assert decision.label != "automatable"
    assert "automatable is likelier, but a mistake would cost more" in decision.reason


def test_every_default_policy_makes_automating_human_work_its_dearest_mistake_or_ties():
    for policy in POLICIES.values():
        costs = np.array(policy.costs)
        assert costs.max() == costs[2, 0]
    cautious = np.array(POLICIES["cautious"].costs)
    assert (cautious[2, 0] > np.delete(cautious.ravel(), 6)).all()


def test_a_sure_task_needs_no_review_and_an_unsure_one_does():
    assert not decide("cautious", 0.98, 0.015, 0.005).review
    unsure = decide("cautious", 0.1, 0.5, 0.4)
    assert unsure.review
    assert "unsure: augmentable 50%, human-essential 40%" in unsure.reason


def test_automatable_with_a_human_risk_goes_to_review():
    decision = decide("balanced", 0.80, 0.10, 0.10)
    assert decision.label == "automatable"
    assert decision.review
    assert "10% likely to need a person" in decision.reason


def test_ties_go_toward_people():
    assert decide("balanced", 0.5, 0.5, 0.0).label == "augmentable"
    assert decide("balanced", 0.0, 0.5, 0.5).label == "human-essential"


probabilities = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda row: np.array(row) / sum(row))


@given(st.lists(probabilities, min_size=1, max_size=20))
def test_a_decision_does_not_depend_on_its_neighbours(rows):
    for policy in POLICIES.values():
        together = policy.labels(np.array(rows))
        alone = [policy.labels(np.array([row]))[0] for row in rows]
        assert together.tolist() == alone


@given(probabilities)
def test_stricter_policies_never_automate_what_a_milder_one_keeps(row):
    order = [LABELS.index(POLICIES[name].decide(row[None, :])[0].label) for name in ("balanced", "cautious", "strict")]
    assert order[0] > 0 or order[1] >= order[0]
    if order[1] > 0:
        assert order[2] > 0


@given(probabilities)
def test_confidence_is_the_probability_of_the_label(row):
    decision = POLICIES["cautious"].decide(row[None, :])[0]
    assert decision.confidence == pytest.approx(row[LABELS.index(decision.label)])


def test_a_policy_is_read_from_a_file(tmp_path):
    path = tmp_path / "ours.json"
    fields = {"costs": [[0, 1, 2], [2, 0, 1], [20, 2, 0]], "minimum_confidence": 0.7, "maximum_human_risk": 0.01}
    path.write_text(json.dumps(fields))
    policy = find_policy(str(path))
    assert policy.name == "ours"
    assert policy.costs[2][0] == 20


def test_an_unknown_policy_lists_the_known_ones():
    with pytest.raises(PolicyError, match="balanced, cautious, strict"):
        find_policy("reckless")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"costs": [[0, 1], [1, 0]], "minimum_confidence": 0.5, "maximum_human_risk": 0.5}'],
)
def test_a_file_that_is_no_policy_is_refused(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(PolicyError):
        find_policy(str(path))


@pytest.mark.parametrize(
    ("costs", "confidence", "risk"),
    [
        (((0, 1, 1), (1, 0, 1), (1, 1, 1)), 0.5, 0.5),
        (((0, -1, 1), (1, 0, 1), (1, 1, 0)), 0.5, 0.5),
        (((0, float("nan"), 1), (1, 0, 1), (1, 1, 0)), 0.5, 0.5),
        (((0, 1, 1), (1, 0, 1), (1, 1, 0)), 1.5, 0.5),
        (((0, 1, 1), (1, 0, 1), (1, 1, 0)), 0.5, -0.1),
    ],
)
def test_impossible_costs_and_limits_are_refused(costs, confidence, risk):
    with pytest.raises(PolicyError):
        Policy("bad", costs, confidence, risk)


FIELDS = {"costs": [[0, 1, 2], [2, 0, 1], [20, 2, 0]], "minimum_confidence": 0.7, "maximum_human_risk": 0.01}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"costs": [[0, 10**400, 1], [1, 0, 1], [1, 1, 0]]}, "does not describe a policy"),
        ({"minimum_confidence": 10**400}, "does not describe a policy"),
        ({"costs": [[0, 1e999, 1], [1, 0, 1], [1, 1, 0]]}, "costs must be finite"),
        ({"costs": [[0, 1], [1, 0, 1], [1, 1, 0]]}, "does not describe a policy"),
        ({"costs": 3}, "does not describe a policy"),
        ({"costs": [["much", 1, 1], [1, 0, 1], [1, 1, 0]]}, "does not describe a policy"),
        ({"minimum_confidence": None}, "does not describe a policy"),
        ({"maximum_human_risk": 2}, "limits must lie between 0 and 1, got 2"),
        ({"coverage": 1.5}, "limits must lie between 0 and 1, got 1.5"),
        ({"minimum_confidence": float("nan")}, "limits must lie between 0 and 1, got nan"),
        ({"minimum_confidense": 0.5}, "no policy has 'minimum_confidense'; the fields are name, costs"),
    ],
)
def test_a_wrong_field_is_a_policy_error_that_says_which(tmp_path, changes, message):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(FIELDS | changes))
    with pytest.raises(PolicyError, match=message):
        find_policy(str(path))


@pytest.mark.parametrize("missing", sorted(FIELDS))
def test_a_missing_field_is_named(tmp_path, missing):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({name: value for name, value in FIELDS.items() if name != missing}))
    with pytest.raises(PolicyError, match=f"does not describe a policy .*{missing}.*see the README"):
        find_policy(str(path))


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe\x00", b"", b"3", b'"text"', b"null", b"[[1]]"])
def test_what_is_no_json_object_is_a_policy_error(tmp_path, content):
    path = tmp_path / "ours.json"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=r"ours\.json"):
        find_policy(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_policy_file_may_begin_with_a_byte_order_mark(tmp_path, encoding):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(FIELDS | {"name": "Käse", "coverage": 0.9}, ensure_ascii=False), encoding=encoding)
    policy = find_policy(str(path))
    assert (policy.name, policy.coverage) == ("Käse", 0.9)


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\x00b", ".", "Cautious"])
def test_what_is_no_name_and_no_file_is_refused_and_the_known_ones_listed(name):
    with pytest.raises(PolicyError, match="choose one of balanced, cautious, strict, or give a JSON file"):
        find_policy(name)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_shipped_policy_has_the_name_that_it_is_asked_by(name):
    assert find_policy(name).name == name


def test_label_sets_with_more_than_one_label_send_a_task_to_people():
    row, possible = np.array([[0.01, 0.98, 0.01]]), np.array([[False, True, True]])
    decision = POLICIES["cautious"].decide(row, possible)[0]
    assert decision.review
    assert decision.reason == "may be human-essential"
    assert not POLICIES["cautious"].decide(row, np.array([[False, True, False]]))[0].review


def test_no_rows_are_no_decisions():
    assert POLICIES["cautious"].decide(np.zeros((0, 3))) == []
