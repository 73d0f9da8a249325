"""Files that somebody might send: each is refused, in one line that says what is wrong, before anything of it runs."""

import shutil

import pytest
from click.testing import CliRunner

from taskfit import bundle as bundles
from taskfit.cli import main
from taskfit.errors import (
    BundleDamagedError,
    BundleError,
    BundleFormatError,
    BundleTrustError,
    ColumnError,
    EncoderError,
    InventoryError,
    LabelledDataError,
    PolicyError,
    TaskfitError,
)
from taskfit.labelled import read_labelled
from taskfit.labels import schema_hash
from taskfit.policy import find_policy

BUNDLES = {
    "absolute-path": (BundleFormatError, "names a file that no bundle has, '/etc/passwd'"),
    "another-schema": (BundleFormatError, "label schema '0123456789abcdef'"),
    "climbs-out": (BundleFormatError, "names a file that no bundle has, '../../outside.txt'"),
    "endless-brackets": (BundleFormatError, "not a taskfit bundle"),
    "format-as-text": (BundleFormatError, "has bundle format '2', .*train it again"),
    "head-without-weights": (BundleDamagedError, "label_weights is not a file .*train it again"),
    "joblib-head": (BundleTrustError, "can run code when loaded: allow it with --trust"),
    "labels-of-its-own": (BundleError, "labels are automatable, augmentable, human-essential; got also fun"),
    "list-of-files": (BundleFormatError, "lists no files"),
    "name-as-number": (BundleFormatError, "gives name as 7"),
    "newer-format": (BundleFormatError, "has bundle format 99, .*update taskfit"),
    "one-bit-flipped": (BundleDamagedError, r"head\.npz was changed after the model was made"),
    "pickled-head": (BundleDamagedError, "Object arrays cannot be loaded"),
    "pickled-words": (EncoderError, "Object arrays cannot be loaded .*install the model again"),
    "self-test-of-words": (BundleFormatError, r"does not describe its tiers \(accurate\)"),
    "ten-terabytes": (BundleFormatError, r"gives head\.npz 10,000,000,000,000 bytes"),
    "tiers-as-text": (BundleFormatError, r"does not describe its tiers \(accurate\)"),
}
POLICIES = {
    "policy-column-too-many.json": "no policy has 'columns'; the fields are name, costs",
    "policy-endless-brackets.json": "does not describe a policy",
    "policy-free-mistakes.json": "costs must be finite, at least 0",
    "policy-more-than-sure.json": "limits must lie between 0 and 1, got 70",
    "policy-rows-of-words.json": "does not describe a policy .*see the README",
    "policy-two-columns.json": "costs must be 3 rows of 3 numbers",
}
LABELLED = {
    "labelled-empty-labels.csv": (LabelledDataError, r"no row has both a text \(task\) and a label \(label\)"),
    "labelled-no-parquet.parquet": (InventoryError, "is no readable Parquet file"),
    "labelled-no-workbook.xlsx": (InventoryError, "is no readable workbook"),
    "labelled-rating-of-nine.csv": (LabelledDataError, "line 2: leadership is '9'; a driver rating is 0, 1 or 2"),
    "labelled-row-too-long.csv": (LabelledDataError, "line 3: 4 fields where the header has 3"),
    "labelled-row-too-short.csv": (LabelledDataError, "line 3: 2 of 3 fields"),
    "labelled-strange-split.csv": (LabelledDataError, "line 3: unknown split 'valid': one of train, dev, test"),
    "labelled-without-labels.csv": (ColumnError, "no label column .*labels of the old scheme.*--label"),
}


@pytest.fixture
def hostile(root):
    return root / "tests" / "assets" / "hostile"


@pytest.fixture
def unpacked(hostile, tmp_path):
    """Copy a bundle, bound to the present schema, so that only its own lie stands against it."""

    def unpack(name):
        folder = tmp_path / "bundle"
        shutil.copytree(hostile / name, folder)
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace("@schema", schema_hash()), encoding="utf-8")
        return folder

    return unpack


def test_every_hostile_file_is_tried(hostile):
    kept = {path.name for path in hostile.iterdir()} - {"README.md"}
    assert kept == {*BUNDLES, *POLICIES, *LABELLED}


def refusal_of(caught):
    text = str(caught.value)
    assert isinstance(caught.value, TaskfitError)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", BUNDLES)
def test_a_hostile_bundle_is_refused_in_one_line(unpacked, name):
    kind, message = BUNDLES[name]
    folder = unpacked(name)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(kind, match=message) as caught:
        bundles.load(folder)
    refusal_of(caught)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["pickled-head", "pickled-words"])
def test_trust_opens_no_pickle_where_arrays_belong(unpacked, name):
    with pytest.raises(BUNDLES[name][0], match=BUNDLES[name][1]):
        bundles.load(unpacked(name), trust=True)


@pytest.mark.parametrize("name", ["climbs-out", "newer-format", "pickled-head", "joblib-head"])
def test_the_command_line_says_one_line_and_exits_with_1(unpacked, csv_file, name):
    inventory = csv_file("task\nMatch invoices to orders\n")
    result = CliRunner().invoke(main, ["score", str(inventory), "--model", str(unpacked(name))])
    assert result.exit_code == 1
    *before, last = result.stderr.splitlines()
    assert last.startswith("Error: ")
    assert len(before) <= 1  # what was found in the inventory
    assert result.stdout == ""


@pytest.mark.parametrize("name", POLICIES)
def test_a_hostile_policy_is_refused_in_one_line(hostile, name):
    with pytest.raises(PolicyError, match=POLICIES[name]) as caught:
        find_policy(str(hostile / name))
    assert name.removesuffix(".json") in refusal_of(caught)


@pytest.mark.parametrize("name", LABELLED)
def test_a_hostile_labelled_file_is_refused_in_one_line(hostile, name):
    kind, message = LABELLED[name]
    with pytest.raises(kind, match=message) as caught:
        read_labelled(hostile / name)
    refusal_of(caught)


@pytest.mark.parametrize("name", LABELLED)
def test_nothing_is_trained_on_a_hostile_labelled_file(hostile, tmp_path, name):
    result = CliRunner().invoke(main, ["train", str(hostile / name), "-o", str(tmp_path / "model")])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
