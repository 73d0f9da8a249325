import json
import re

import pytest

from taskfit import bundle as bundles
from taskfit import manifest as manifests
from taskfit.errors import BundleDamagedError, BundleFormatError
from taskfit.manifest import ENCODER, FAST_ENCODER, FAST_HEAD, FORMAT, HEAD, LAYOUT, inspect, read_verified, verify
from tests import tiny


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    bundles.save(tiny.bundle(), folder)
    return folder


@pytest.fixture
def changed(saved, tmp_path):
    """Write the sound manifest with a change, alone in a folder: inspecting opens nothing else."""

    def write(change):
        manifest = json.loads((saved / "manifest.json").read_text("utf-8"))
        change(manifest)
        (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return tmp_path

    return write


def test_a_manifest_names_every_file_of_the_folder_and_no_other(saved):
    there = {path.relative_to(saved).as_posix() for path in saved.rglob("*") if path.is_file()}
    assert there == {"manifest.json", *inspect(saved)["files"]}
    assert set(verify(saved)["files"]) == {*ENCODER, HEAD, *FAST_ENCODER, FAST_HEAD} <= LAYOUT


def test_inspecting_opens_nothing_but_the_manifest(changed):
    assert inspect(changed(lambda manifest: None))["name"] == "tiny"


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_every_format_up_to_the_present_one_is_read(changed, number):
    assert inspect(changed(lambda manifest: manifest.update(format=number)))["format"] == number


@pytest.mark.parametrize("name", [*ENCODER, HEAD, *FAST_ENCODER, FAST_HEAD])
def test_a_manifest_without_a_file_that_a_tier_needs_names_it(changed, name):
    with pytest.raises(BundleFormatError, match=f"lacks {re.escape(name)}: not a complete bundle"):
        inspect(changed(lambda manifest: manifest["files"].pop(name)))


def test_a_bundle_may_have_the_accurate_tier_alone(changed):
    def drop_fast(manifest):
        manifest["files"] = {name: entry for name, entry in manifest["files"].items() if not name.startswith("fast/")}
        del manifest["tiers"]["fast"]

    assert list(inspect(changed(drop_fast))["tiers"]) == ["accurate"]


@pytest.mark.parametrize("fact", ["data", "training", "protocol", "figures", "policies", "profile", "familiar"])
def test_a_fact_that_is_not_there_is_not_needed(changed, fact):
    assert inspect(changed(lambda manifest: manifest.update({fact: None})))[fact] is None


@pytest.mark.parametrize(
    ("fact", "value"),
    [("protocol", 1), ("policies", []), ("profile", "good"), ("figures", "high"), ("familiar", False), ("name", ["a"])],
)
def test_a_fact_of_another_kind_is_named_with_its_value(changed, fact, value):
    with pytest.raises(BundleFormatError, match=re.escape(f"gives {fact} as {value!r}: not a taskfit bundle")):
        inspect(changed(lambda manifest: manifest.update({fact: value})))


def test_a_long_wrong_fact_is_not_printed_in_full(changed):
    with pytest.raises(BundleFormatError) as caught:
        inspect(changed(lambda manifest: manifest.update(data="x" * 10_000)))
    assert len(str(caught.value)) < 400


def test_a_folder_in_place_of_the_manifest_is_refused(tmp_path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(BundleFormatError, match="cannot be read"):
        inspect(tmp_path)


@pytest.mark.parametrize("content", [b"null", b"3", b'"files"', b"[{}]", b'{"files": []}', b"\xff\xfe", b"{}{}"])
def test_json_of_another_kind_is_no_bundle(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(BundleFormatError, match="not a taskfit bundle"):
        inspect(tmp_path)


def test_a_file_is_read_only_as_it_was_made(saved, tmp_path):
    manifest, content = inspect(saved), (saved / HEAD).read_bytes()
    assert read_verified(saved, HEAD, manifest) == content
    target = tmp_path / HEAD
    for changed, message in (
        (content[:-1], f"{len(content) - 1:,} bytes instead of {len(content):,}: install or train the model again"),
        (content + b"x", "bytes instead of"),
        (bytes(reversed(content)), "was changed after the model was made: install or train the model again"),
    ):
        target.write_bytes(changed)
        with pytest.raises(BundleDamagedError, match=message):
            read_verified(tmp_path, HEAD, manifest)
    target.unlink()
    with pytest.raises(BundleDamagedError, match=r"head\.npz cannot be read .*install or train the model again"):
        read_verified(tmp_path, HEAD, manifest)


def test_a_file_without_a_digest_is_not_trusted(saved, tmp_path):
    manifest = inspect(saved)
    del manifest["files"][HEAD]["sha256"]
    with pytest.raises(BundleDamagedError, match="was changed"):
        read_verified(saved, HEAD, manifest)


def test_the_self_test_is_a_task_for_each_label():
    assert len(manifests.SELF_TEST) == len(set(manifests.SELF_TEST)) == 3
