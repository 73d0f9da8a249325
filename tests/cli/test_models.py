"""``taskfit models`` as people run it, beside a manifest written by hand."""

import json

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.runrecord import write_record
from tests.manifests import FIGURES, MANIFEST

NAMES = ["1-system", "2-error-rates", "3-rules-of-use", "4-model-card", "5-changes"]


@pytest.fixture(autouse=True)
def manifest(monkeypatch):
    found = {**MANIFEST, "figures": [FIGURES]}
    monkeypatch.setattr("taskfit.bundle.find", lambda name=None: name or "base")
    monkeypatch.setattr("taskfit.bundle.inspect", lambda folder: found)
    return found


def run(*words):
    return CliRunner().invoke(main, ["models", *map(str, words)])


def test_list_is_one_line_a_model(monkeypatch):
    monkeypatch.setattr("taskfit.shipped.model_folders", lambda: {"base": "a", "other": "b"})
    assert run("list").stdout == "base\t2.0 MB\t1,000 labelled tasks\nother\t2.0 MB\t1,000 labelled tasks\n"


def test_info_says_what_the_model_is_and_how_good():
    said = run("info").stdout
    assert "name           ours\n" in said
    assert "fast tier      256 dimensions, encoder fingerprint ba5\n" in said
    assert "data           tasks.csv: 1234 tasks, sha256 abc\n" in said
    assert "made with      numpy 2.0, seed 7\n" in said
    assert "\nroles never seen\n" in said
    assert "90.0" in said


def test_info_of_a_bare_manifest_says_that_it_has_no_figures(manifest):
    for name in ("figures", "protocol", "data", "training"):
        del manifest[name]
    said = run("info")
    assert said.exit_code == 0
    assert "no figures" in said.stdout


def test_info_as_json_is_the_manifest(manifest):
    assert json.loads(run("info", "--json").stdout) == manifest


def test_the_card_goes_to_stdout():
    said = run("card")
    assert said.stdout.startswith("# Model card: ours\n")
    assert said.stderr == ""


def test_the_pack_is_in_markdown_and_html(tmp_path):
    said = run("card", "--pack", tmp_path / "deep" / "pack")
    assert said.exit_code == 0
    assert said.stdout == ""
    found = sorted(path.name for path in (tmp_path / "deep" / "pack").iterdir())
    assert found == sorted(f"{name}.{suffix}" for name in NAMES for suffix in ("md", "html"))
    page = (tmp_path / "deep" / "pack" / "2-error-rates.html").read_text("utf-8")
    assert "<title>Error rates</title>" in page
    assert "<td>at most 2.8%</td>" in page


def test_a_pack_with_words_of_people_is_kept_unless_forced(tmp_path):
    assert run("card", "--pack", tmp_path).exit_code == 0
    (tmp_path / "5-changes.md").write_text("ours", encoding="utf-8")
    refused = run("card", "--pack", tmp_path)
    assert refused.exit_code == 1
    assert "5-changes.md" in refused.stderr
    assert "--force" in refused.stderr
    assert (tmp_path / "5-changes.md").read_text("utf-8") == "ours"
    assert run("card", "--pack", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "5-changes.md").read_text("utf-8") != "ours"


def test_a_pack_needs_the_record_that_it_is_to_describe(tmp_path):
    refused = run("card", "--pack", tmp_path / "pack", "--scored", tmp_path / "out.csv")
    assert refused.exit_code == 1
    assert "out.csv.run.json, so nothing is known of the run: score again" in refused.stderr
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    "mark", ["<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "[x](javascript:alert)"]
)
def test_hostile_words_in_manifest_and_record_stay_words(tmp_path, manifest, mark):
    manifest["name"] = manifest["protocol"] = mark
    write_record(
        {"source": mark, "policy": mark, "barriers": [mark], "overrides": mark, "model": mark}, tmp_path / "o.csv"
    )
    assert run("card", "--pack", tmp_path / "pack", "--scored", tmp_path / "o.csv").exit_code == 0
    for page in (tmp_path / "pack").glob("*.html"):
        html = page.read_text("utf-8")
        assert "<img" not in html
        assert "<script" not in html
        assert "href=" not in html


def test_a_place_that_is_no_folder_is_said(tmp_path):
    (tmp_path / "pack").write_text("a file", encoding="utf-8")
    refused = run("card", "--pack", tmp_path / "pack")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: ")
    assert "choose another folder" in refused.stderr


@pytest.mark.parametrize(
    ("difference", "code", "said"), [(0.0, 0, "2 files sound"), (0.5, 1, "0.5000 away from what was")]
)
def test_verify_compares_the_self_test(monkeypatch, difference, code, said):
    monkeypatch.setattr("taskfit.bundle.verify", lambda folder: MANIFEST)
    monkeypatch.setattr("taskfit.bundle.load", lambda folder, tier, trust: tier)
    monkeypatch.setattr("taskfit.bundle.self_test", lambda loaded, tier: difference if tier == "fast" else 0.0)
    done = run("verify")
    assert done.exit_code == code
    assert said in done.stdout + done.stderr
