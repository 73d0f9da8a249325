"""How encoder, heads, policy and screening are put together, with parts that say what they are told to."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.labels import DRIVERS, LABELS
from taskfit.policy import POLICIES, Policy
from taskfit.scoring import Model
from taskfit.scoring import assess as assessing

CHANCES = {
    "auto": (0.97, 0.02, 0.01),
    "aug": (0.05, 0.9, 0.05),
    "human": (0.0, 0.02, 0.98),
    "risky": (0.93, 0.02, 0.05),
}


@dataclass
class Parts:
    """Encoder and heads in one: the first word of a text is its answer; its vector is that text."""

    familiar: dict[str, float] = field(default_factory=dict)
    strengths_of: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.45)
    seen: list[str] = field(default_factory=list)

    def encode(self, texts):
        self.seen.extend(texts)
        return np.array(texts, dtype=object)

    def truncated(self, texts):
        return [len(text) > 100 for text in texts]

    def probabilities(self, vectors):
        return np.array([CHANCES[text.split(": ")[-1].split()[0]] for text in vectors])

    def strengths(self, vectors):
        return np.array([self.strengths_of] * len(vectors))

    def familiarity(self, vectors):
        return np.array([self.familiar.get(text, 1.0) for text in vectors])

    def unlike(self, vectors, limit):
        return self.familiarity(vectors) < limit


def model_of(parts=None, policy="cautious", *, drivers=True, label_sets=None, **facts):
    parts = parts or Parts()
    tier = SimpleNamespace(encoder=parts, probabilities=parts.probabilities, label_sets=label_sets,
                           driver_head=parts if drivers else None)  # fmt: skip
    return Model(SimpleNamespace(tier=tier, examples=parts, facts=facts), POLICIES[policy])


texts = st.sampled_from(["auto post", "aug draft", "human console", "risky post", "", "7", "auto " + "very long " * 20])


@given(st.lists(texts, max_size=10))
def test_each_text_gets_its_own_answer_in_order_whatever_stands_beside_it(asked):
    model = model_of()
    found = model.assess(asked)
    assert [one.text for one in found] == asked
    assert found == [model.assess([text])[0] for text in asked]
    assert all(bool(one.label) == (one.status not in {"blank", "not_a_task"}) for one in found)


def test_what_is_no_task_is_not_encoded():
    parts = Parts()
    model_of(parts).assess(["", "7", "auto post"])
    assert parts.seen == ["auto post"]


def test_a_truncated_text_is_labelled_and_shown_to_a_person():
    found = model_of().assess(["auto " + "long words " * 20])[0]
    assert (found.label, found.status, found.review) == ("automatable", "truncated", True)
    assert found.note == "only the beginning of this long text was read"


def test_both_doubts_stand_in_the_note():
    found = model_of().assess(["risky post and then send them"])[0]
    assert found.status == "compound"
    assert found.note == "seems to hold several tasks; split it and score each; 5% likely to need a person"


def test_what_is_like_nothing_taught_goes_to_a_person_unless_something_else_is_said():
    parts = Parts({"auto odd": 0.2, "auto odd and then send it": 0.2})
    odd, compound, plain = model_of(parts, familiar=0.5).assess(["auto odd", "auto odd and then send it", "auto post"])
    assert (odd.status, odd.review, odd.note) == ("ok", True, "unlike the tasks that the model was taught")
    assert compound.status == "compound"
    assert not plain.review
    assert not model_of(parts).assess(["auto odd"])[0].review


@pytest.mark.parametrize(("strengths", "decisive"), [
    ((0.6, 0.1, 0.9, 0.1, 0.1), (DRIVERS[2], DRIVERS[0])),
    ((0.1, 0.2, 0.3, 0.4, 0.45), (DRIVERS[4],)),
    ((0.5, 0.5, 0.1, 0.1, 0.1), DRIVERS[:2]),
])  # fmt: skip
def test_decisive_drivers_are_those_above_half_or_else_the_strongest(strengths, decisive):
    found, other = model_of(Parts(strengths_of=strengths)).assess(["human console", "auto post"])
    assert found.decisive == tuple(decisive)
    assert other.decisive == ()
    assert found.drivers == dict(zip(DRIVERS, strengths, strict=True))


def test_a_model_without_drivers_names_none():
    found = model_of(drivers=False).assess(["human console"])[0]
    assert found.drivers is None
    assert found.decisive == ()


@pytest.mark.parametrize(("reads", "seen"), [(True, ["nurse: auto post", "auto post"]), (False, ["auto post"] * 2)])
def test_roles_are_put_before_the_task_where_the_model_reads_them(reads, seen):
    parts = Parts()
    model_of(parts, reads_roles=reads).assess(["auto post", "auto post"], ["nurse", ""])
    assert parts.seen == seen


def test_label_sets_are_asked_at_the_coverage_of_the_policy():
    asked = []

    def sets(probabilities, coverage):
        asked.append(coverage)
        return np.ones_like(probabilities, dtype=bool)

    found = model_of(label_sets=SimpleNamespace(sets=sets)).assess(["auto post"])[0]
    assert asked == [POLICIES["cautious"].coverage]
    assert found.review
    assert found.note == "may be augmentable or human-essential"


def test_the_likeliest_label_need_not_win_but_its_chances_stay():
    careful = Policy("careful", ((0, 1, 1), (1, 0, 1), (1000, 1, 0)), 0.0, 1.0)
    model = model_of()
    found = Model(model.bundle, careful).assess(["auto post"])[0]
    assert found.label != "automatable"
    assert found.confidence == found.probabilities[found.label]
    assert found.probabilities == dict(zip(LABELS, CHANCES["auto"], strict=True))
    assert "automatable is likelier" in found.note


@pytest.mark.parametrize(("facts", "name"), [({"name": "ours"}, "ours"), ({}, "unnamed"), ({"name": 3}, "3")])
def test_a_model_has_a_name(facts, name):
    assert model_of(**facts).name == name


def test_a_model_without_examples_has_no_neighbours():
    model = model_of()
    model.bundle.examples = None
    assert model.nearest("auto post") == []


def test_a_policy_is_given_by_name_or_as_it_is(monkeypatch):
    bundle = SimpleNamespace(tier=SimpleNamespace(encoder=object()))
    monkeypatch.setattr(assessing.bundles, "find", lambda name: name)
    monkeypatch.setattr(assessing.bundles, "load", lambda folder, tier, trust: bundle)
    assert assessing.load("x").bundle is bundle
    assert assessing.load("x", policy=POLICIES["strict"]).policy is POLICIES["strict"]
    assert assessing.load("x", policy="balanced").policy is POLICIES["balanced"]


@pytest.mark.parametrize("values", ["one text", b"bytes", [b"bytes"], [bytearray(b"x")]])
def test_what_is_no_list_of_texts_is_refused(values):
    with pytest.raises(TypeError, match=r"give a list of texts|is bytes, not text: decode it first"):
        model_of().assess(values)


@pytest.mark.parametrize("roles", [[], ["a", "b"]])
def test_a_role_for_each_text_or_none(roles):
    with pytest.raises(ValueError, match=f"texts and roles differ in length: 1 and {len(roles)}"):
        model_of().assess(["auto post"], roles)
