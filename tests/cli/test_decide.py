"""Report, review, compare and pack as a user runs them, from the sample inventories."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from taskfit.cli import main


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def scored(root, tmp_path_factory):
    target = tmp_path_factory.mktemp("scored") / "scored.csv"
    assert run("score", root / "data" / "samples" / "customer_operations.csv", "-o", target).exit_code == 0
    return target


@pytest.mark.parametrize(
    ("sample", "options"),
    [
        ("customer_operations.csv", ()),
        ("hr_shared_services.csv", ("--by", "Process area")),
        ("hospital_ward.csv", ("--hours", "minutes_per_shift*times_per_week/60")),
        ("plant.tsv", ("--by", "Line", "--by", "Role")),
    ],
)
def test_every_sample_inventory_makes_a_report(sample, options, root, tmp_path):
    assert run("score", root / "data" / "samples" / sample, "-o", tmp_path / "s.csv").exit_code == 0
    result = run("report", tmp_path / "s.csv", "-o", tmp_path / "r.html", *options)
    assert result.exit_code == 0, result.stderr
    assert "hours" in result.stderr
    assert "human-essential after all" in result.stderr
    assert "at quality risk" in result.stderr
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "What that would cost in quality" in page
    assert "called automatable when tested" in page


def test_json_has_what_the_page_has_and_an_old_page_is_kept(scored, tmp_path):
    summary = json.loads(run("report", scored, "--json").stdout)
    assert summary["model"]["name"] == "base"
    assert summary["run"]["policy"] == "cautious"
    assert summary["scenarios"][0]["measured_error"] is not None
    (tmp_path / "r.html").write_text("mine")
    result = run("report", scored, "-o", tmp_path / "r.html")
    assert (result.exit_code, (tmp_path / "r.html").read_text()) == (1, "mine")
    assert run("report", scored).exit_code == 2
    assert run("report", scored, "--json", "--hours", "FTE", "--fte", "FTE").exit_code == 2
    assert "no column 'nope'" in run("report", scored, "--json", "--by", "nope").stderr


def test_a_record_lies_beside_a_scored_file_and_holds_no_task(scored):
    record = json.loads((scored.parent / "scored.csv.run.json").read_text("utf-8"))
    assert record["model"] == "base"
    assert record["rows"] == 66
    assert "refund" not in json.dumps(record)


def test_a_decision_travels_from_the_sheet_into_every_later_run(scored, root, tmp_path):
    sheet, out, kept = tmp_path / "sheet.xlsx", tmp_path / "settled.csv", tmp_path / "decisions.csv"
    assert run("review", "export", scored, "-o", sheet, "--all").exit_code == 0
    assert "exists" in run("review", "export", scored, "-o", sheet).stderr
    book = openpyxl.load_workbook(sheet)
    rows = {row[2].value: row for row in book["Review"].iter_rows(min_row=2)}
    row = rows["Label chat transcripts by intent"]
    assert row[4].value == "automatable"
    row[10].value, row[11].value, row[13].value = "augmentable", "Ada", "the taxonomy is new"
    book.save(sheet)
    result = run("review", "import", sheet, "--into", scored, "-o", out, "--decisions", kept)
    assert result.exit_code == 0, result.stderr
    assert "1 decisions, 0 as the model said" in result.stderr
    assert (tmp_path / "decisions.csv.log.jsonl").read_text("utf-8").count("Ada") == 1
    settled = [line for line in out.read_text("utf-8").splitlines() if "Label chat transcripts" in line]
    assert ",augmentable,1" in settled[0]
    assert "settled by Ada" in settled[0]
    assert len(out.read_text("utf-8").splitlines()) == len(scored.read_text("utf-8").splitlines())
    again = tmp_path / "again.csv"
    sample = root / "data" / "samples" / "customer_operations.csv"
    assert run("score", sample, "--overrides", kept, "-o", again).exit_code == 0
    comparison = json.loads(run("compare", scored, again, "--json").stdout)
    assert [move["text"] for move in comparison["moves"]] == ["Label chat transcripts by intent"]
    assert "settled by Ada" in comparison["moves"][0]["why"]
    assert "1 moved" in run("compare", scored, again).stdout


def test_a_barrier_column_keeps_work_with_people(csv_file, tmp_path):
    file = csv_file("task,law\nMatch supplier invoices to purchase orders,§ 14\nSend payment reminders,no\n")
    lines = run("score", file, "--barrier", "law").stdout.splitlines()
    assert ",augmentable," in lines[1]
    assert "law (§ 14) keeps a person responsible" in lines[1]
    assert ",automatable," in lines[2]
    assert "no column 'union'" in run("score", file, "--barrier", "union").stderr


def test_the_pack_for_the_works_council_is_filled_and_says_what_it_is_not(scored, tmp_path):
    assert run("models", "card", "--pack", tmp_path / "pack", "--scored", scored).exit_code == 0
    names = sorted(path.name for path in (tmp_path / "pack").iterdir())
    assert len(names) == 10
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "pack").iterdir()}
    assert "not legal advice" in texts["1-system.md"]
    assert "customer_operations.csv" in texts["1-system.md"]
    assert "| cautious |" in texts["2-error-rates.md"]
    assert "No decision about a person" in texts["3-rules-of-use.md"]
    assert "<table>" in texts["2-error-rates.html"]


def test_the_fast_tier_gives_the_same_columns(root, tmp_path):
    sample = root / "data" / "samples" / "plant.tsv"
    accurate, fast = (run("score", sample, "--tier", tier).stdout.splitlines() for tier in ("accurate", "fast"))
    assert accurate[0] == fast[0]
    assert len(accurate) == len(fast)
    assert "no tier 'slow'" in run("score", sample, "--tier", "slow").stderr
