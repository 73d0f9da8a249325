"""A bundle of thirty kilobytes goes the way of a large one: saved, verified, loaded by tier, replaced."""

from dataclasses import replace

import numpy as np
import pytest

from taskfit import bundle as bundles
from taskfit.conformal import LabelSets
from taskfit.errors import BundleError, OutputError
from taskfit.labels import LABELS
from tests import tiny

TEXTS = ["match invoices", "coach staff", "", "会議"]


@pytest.fixture
def saved(tmp_path):
    bundles.save(tiny.bundle(data={"fitted_on": 3}), tmp_path / "model")
    return tmp_path / "model"


def probabilities(tier):
    return tier.probabilities(tier.encoder.encode(TEXTS))


@pytest.mark.parametrize("name", bundles.TIERS)
def test_each_tier_answers_as_before_it_was_kept(saved, name):
    before = tiny.bundle().tier if name == "accurate" else tiny.bundle().fast
    after = bundles.load(saved, tier=name)
    assert (probabilities(after.tier) == probabilities(before)).all()
    vectors = before.encoder.encode(TEXTS)
    assert (after.tier.driver_head.strengths(vectors) == before.driver_head.strengths(vectors)).all()
    assert bundles.self_test(after, name) <= 1e-6


def test_what_people_are_told_comes_back_and_what_save_writes_cannot_be_faked(tmp_path):
    bundles.save(tiny.bundle(data={"fitted_on": 3}, format=99, schema="none", labels=[]), tmp_path / "model")
    facts = bundles.load(tmp_path / "model").facts
    assert (facts["name"], facts["data"], facts["format"]) == ("tiny", {"fitted_on": 3}, bundles.FORMAT)
    assert facts["labels"] == list(LABELS)


def test_saving_twice_writes_the_same_bytes(saved, tmp_path):
    bundles.save(bundles.load(saved), tmp_path / "again")
    bundles.save(bundles.load(saved), tmp_path / "third")
    for path in (tmp_path / "again").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "third" / path.relative_to(tmp_path / "again")).read_bytes()


def test_a_bundle_of_one_tier_says_that_it_lacks_the_other(tmp_path):
    bundles.save(replace(tiny.bundle(), fast=None), tmp_path / "model")
    with pytest.raises(BundleError, match="has no fast tier: leave --tier out, or train the model with one"):
        bundles.load(tmp_path / "model", tier="fast")


@pytest.mark.parametrize("name", ["slow", "", "Accurate"])
def test_an_unknown_tier_lists_both(saved, name):
    with pytest.raises(BundleError, match=f"no tier '{name}': choose one of accurate, fast"):
        bundles.load(saved, tier=name)


def test_a_tier_is_loaded_although_the_other_is_damaged(saved):
    (saved / "fast" / "table.npz").unlink()
    assert probabilities(bundles.load(saved).tier).shape == (4, 3)


def test_heads_without_drivers_or_sets_and_with_sets_come_back(tmp_path):
    plain = replace(tiny.bundle().tier, driver_head=None)
    sets = LabelSets(tuple(np.sort(np.random.default_rng(0).random(n)) for n in (0, 1, 30)))
    for name, tier in (("plain", plain), ("sets", replace(plain, label_sets=sets))):
        bundles.save(bundles.Bundle(tier), tmp_path / name)
        again = bundles.load(tmp_path / name).tier
        assert again.driver_head is None
        assert (again.label_sets is None) == (name == "plain")
    assert [scores.tolist() for scores in again.label_sets.scores] == [scores.tolist() for scores in sets.scores]


def test_folders_on_the_way_are_made(tmp_path):
    bundles.save(tiny.bundle(), tmp_path / "a" / "b" / "model")
    assert bundles.verify(tmp_path / "a" / "b" / "model")["name"] == "tiny"


def test_an_empty_folder_is_filled_only_with_force_and_a_file_never(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="exists: choose another folder, or --force"):
        bundles.save(tiny.bundle(), tmp_path / "empty")
    bundles.save(tiny.bundle(), tmp_path / "empty", overwrite=True)
    with pytest.raises(OutputError, match="is no taskfit bundle: choose another folder"):
        bundles.save(tiny.bundle(), tmp_path / "file", overwrite=True)
    with pytest.raises(OutputError, match="cannot write"):
        bundles.save(tiny.bundle(), tmp_path / "file" / "model")
    assert (tmp_path / "file").read_text() == "mine"


def test_others_may_read_a_model(saved):
    assert saved.stat().st_mode & 0o777 == 0o755
    assert {path.name for path in saved.parent.iterdir()} == {"model"}
