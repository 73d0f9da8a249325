import json
import shutil
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from taskfit import bundle as bundles
from taskfit.bundle import FORMAT, LAYOUT, Bundle
from taskfit.errors import BundleDamagedError, BundleError, BundleFormatError, BundleTrustError, OutputError
from taskfit.heads import LabelHead
from taskfit.labels import LABELS, schema_hash
from taskfit.manifest import FAST_HEAD, HEAD
from taskfit.tier import ForeignHead, Tier

TEXTS = ["Match invoices to orders", "Draft a report", "Comfort a patient"]


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped bundle that a test may damage."""
    folder = tmp_path / "copy"
    shutil.copytree(bundles.find(), folder)
    return folder


def change_manifest(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), encoding="utf-8")


def change_file_entry(folder, name, entry):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"][name] = entry
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_the_shipped_bundle_is_sound():
    manifest = bundles.verify(bundles.find())
    assert manifest["format"] == FORMAT
    assert manifest["schema"] == schema_hash()
    assert set(manifest["files"]) <= LAYOUT
    assert bundles.self_test(bundles.load(bundles.find())) <= bundles.SELF_TEST_TOLERANCE


def test_the_shipped_bundle_is_under_40_megabytes():
    assert sum(entry["bytes"] for entry in bundles.inspect(bundles.find())["files"].values()) < 40_000_000


def test_a_saved_bundle_answers_as_before(tmp_path):
    original = bundles.load(bundles.find())
    bundles.save(original, tmp_path / "again")
    again = bundles.load(tmp_path / "again")
    vectors = original.tier.encoder.encode(TEXTS)
    assert (again.tier.probabilities(again.tier.encoder.encode(TEXTS)) == original.tier.probabilities(vectors)).all()
    assert (again.tier.driver_head.strengths(vectors) == original.tier.driver_head.strengths(vectors)).all()
    assert again.examples.texts == original.examples.texts


def test_every_single_changed_byte_is_noticed(copy):
    for name in bundles.inspect(copy)["files"]:
        path = copy / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
        with pytest.raises(BundleDamagedError, match="was changed after the model was made"):
            bundles.load(copy, tier="fast" if name.startswith("fast/") else "accurate")
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
    bundles.load(copy)


def test_a_truncated_file_is_noticed(copy):
    path = copy / "head.npz"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BundleDamagedError, match="bytes instead of"):
        bundles.verify(copy)


def test_a_missing_file_is_noticed(copy):
    (copy / "encoder" / "weights.npz").unlink()
    with pytest.raises(BundleDamagedError, match=r"weights\.npz"):
        bundles.load(copy)


def test_a_newer_format_says_update(copy):
    change_manifest(copy, format=FORMAT + 1)
    with pytest.raises(BundleFormatError, match="update taskfit"):
        bundles.load(copy)


@pytest.mark.parametrize("number", [0, None, "1", [1], True, 1.0, {}])
def test_another_format_says_train_again(copy, number):
    change_manifest(copy, format=number)
    with pytest.raises(BundleFormatError, match="train it again"):
        bundles.load(copy)


TIER = {"dimension": 1, "fingerprint": "x", "self_test": [[0, 0, 1]] * 3}


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": None}, {"tiers": []}, {"tiers": {}}, {"tiers": {"accurate": TIER}},
        {"tiers": {"accurate": TIER, "fast": TIER, "slow": TIER}},
        *({"tiers": {"accurate": TIER, "fast": tier}} for tier in (
            {}, [], TIER | {"dimension": "9"}, TIER | {"fingerprint": None}, TIER | {"self_test": []},
            TIER | {"self_test": [[0, "high", 1]] * 3}, TIER | {"self_test": [[0, 1], [1]]},
        )),
        {"familiar": "0.5"}, {"familiar": True}, {"familiar": [0.5]}, {"reads_roles": "yes"}, {"reads_roles": 1},
        {"name": 7}, {"data": []}, {"figures": {}}, {"training": "long"},
    ],
)  # fmt: skip
def test_facts_of_another_kind_are_refused_in_one_line(copy, changes):
    change_manifest(copy, **changes)
    with pytest.raises(BundleFormatError, match=r"(gives|does not describe) .*: not a") as caught:
        bundles.inspect(copy)
    assert "\n" not in str(caught.value)


def test_another_label_schema_is_refused(copy):
    change_manifest(copy, schema="0123456789abcdef")
    with pytest.raises(BundleFormatError, match="label schema"):
        bundles.load(copy)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "encoder/../../outside", "extra.bin", "C:\\outside"])
def test_a_path_that_leaves_the_folder_is_refused(copy, name):
    change_file_entry(copy, name, {"bytes": 1, "sha256": "0"})
    with pytest.raises(BundleFormatError, match="names a file that no bundle has"):
        bundles.load(copy)


@pytest.mark.parametrize(
    "entry", [{"bytes": 10**13, "sha256": ""}, {"bytes": -1, "sha256": ""}, {}, [], {"bytes": "9"}]
)
def test_an_impossible_size_is_refused_before_anything_is_read(copy, entry):
    change_file_entry(copy, "head.npz", entry)
    with pytest.raises(BundleFormatError):
        bundles.load(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 3}', "[" * 100_000, "\udcff"])
def test_a_manifest_of_rubbish_is_refused(copy, content):
    (copy / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BundleFormatError):
        bundles.load(copy)


def test_a_giant_manifest_is_not_read(copy):
    (copy / "manifest.json").write_bytes(b" " * 5_000_000)
    with pytest.raises(BundleFormatError, match="not a taskfit bundle"):
        bundles.load(copy)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path):
    with pytest.raises(BundleFormatError, match="not a taskfit bundle"):
        bundles.load(tmp_path)


def test_an_unknown_model_lists_the_shipped_ones():
    with pytest.raises(BundleError, match="base"):
        bundles.find("nowhere")


@pytest.fixture
def foreign(tmp_path, encoder):
    """A bundle whose head is an ordinary scikit-learn classifier."""
    estimator = LogisticRegression().fit(encoder.encode(TEXTS), list(LABELS))
    folder = tmp_path / "foreign"
    bundles.save(Bundle(Tier(encoder, ForeignHead(estimator)), facts={"name": "foreign"}), folder)
    return folder


def test_a_foreign_head_needs_trust(foreign):
    with pytest.raises(BundleTrustError, match="--trust"):
        bundles.load(foreign)


def test_a_trusted_foreign_head_answers(foreign):
    bundle = bundles.load(foreign, trust=True)
    probabilities = bundle.tier.probabilities(bundle.tier.encoder.encode(TEXTS))
    assert [LABELS[index] for index in probabilities.argmax(axis=1)] == list(LABELS)
    assert np.allclose(probabilities.sum(axis=1), 1)


class Explosive:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code ran')",))


def test_code_in_a_foreign_head_does_not_run_without_trust(foreign):
    path = foreign / "head.joblib"
    joblib.dump(Explosive(), path)
    change_file_entry(foreign, "head.joblib", bundles._entry(path.read_bytes()))
    bundles.verify(foreign)
    with pytest.raises(BundleTrustError):
        bundles.load(foreign)


def test_verifying_builds_nothing(foreign, monkeypatch):
    monkeypatch.setattr(bundles, "_accurate", lambda *_: pytest.fail("built something"))
    bundles.verify(foreign)


def test_a_head_with_other_labels_is_refused(encoder):
    empty = np.zeros(2)
    head = LabelHead(("automatable", "fun"), np.zeros((2, encoder.dimension)), empty, empty, empty)
    with pytest.raises(BundleError, match="fun"):
        Tier(encoder, head)


def test_an_existing_folder_is_kept_unless_forced(copy):
    bundle = bundles.load(copy)
    with pytest.raises(OutputError, match="--force"):
        bundles.save(bundle, copy)
    (copy / "notes.txt").write_text("of the old model")
    bundles.save(replace(bundle, facts={"name": "new"}), copy, overwrite=True)
    assert bundles.verify(copy)["name"] == "new"
    assert list(copy.parent.iterdir()) == [copy]
    assert not (copy / "notes.txt").exists()


@pytest.mark.parametrize("call", [1, 2])
def test_a_model_that_cannot_be_replaced_stays(copy, monkeypatch, call):
    bundle, before = bundles.load(copy), bundles.inspect(copy)
    replaced, calls = Path.replace, []

    def failing(self, target):
        calls.append(target)
        if len(calls) == call:
            raise OSError(28, "No space left on device")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OutputError, match="nothing was kept"):
        bundles.save(replace(bundle, facts={"name": "new"}), copy, overwrite=True)
    assert bundles.verify(copy) == before
    assert list(copy.parent.iterdir()) == [copy]


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    with pytest.raises(OutputError, match="no taskfit bundle"):
        bundles.save(bundles.load(bundles.find()), tmp_path, overwrite=True)
    assert precious.read_text() == "mine"


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    bundle = bundles.load(bundles.find())
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OutputError, match="nothing was kept"):
        bundles.save(bundle, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_head_of_another_encoder_is_refused_when_it_is_loaded(copy):
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    own, other = FAST_HEAD, HEAD
    content = (copy / other).read_bytes()
    (copy / own).write_bytes(content)
    change_file_entry(copy, own, manifest["files"][other])
    with pytest.raises(BundleError, match="its encoder gives"):
        bundles.load(copy, tier="fast")
