"""Report, review, compare and pack as a user runs them, from the sample inventories."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from taskfit.bundle import find, inspect
from taskfit.cli import main
from taskfit.pack import works_council_pack


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


def decide(sheet, answers):
    """Fill a sheet: {task: (decision, reviewer, date, reason)}."""
    book = openpyxl.load_workbook(sheet)
    names = [cell.value for cell in book["Review"][1]]
    for row in book["Review"].iter_rows(min_row=2):
        answer = answers.get(row[names.index("task")].value, ())
        for name, value in zip(("decision", "reviewer", "date", "reason"), answer, strict=False):
            row[names.index(name)].value = value
            if isinstance(value, str):
                row[names.index(name)].data_type = "s"  # "=1+1" is typed as text
    book.save(sheet)


def test_a_decision_travels_from_the_sheet_into_every_later_run(scored, root, tmp_path):
    sheet, out, kept = tmp_path / "sheet.xlsx", tmp_path / "settled.csv", tmp_path / "decisions.csv"
    assert run("review", "export", scored, "-o", sheet, "--all").exit_code == 0
    assert "exists" in run("review", "export", scored, "-o", sheet).stderr
    decide(sheet, {"Label chat transcripts by intent": ("augmentable", "Ada", "2026-11-20", "the taxonomy is new")})
    result = run("review", "import", sheet, "--into", scored, "-o", out, "--decisions", kept)
    assert result.exit_code == 0, result.stderr
    assert "1 decisions, 0 as the model said" in result.stderr
    assert "0 toward technology against the model" in result.stderr
    assert (tmp_path / "decisions.csv.log.jsonl").read_text("utf-8").count("Ada") == 1
    settled = [line for line in out.read_text("utf-8").splitlines() if "Label chat transcripts" in line]
    assert ",augmentable,1" in settled[0]
    assert "settled by Ada" in settled[0]
    again = tmp_path / "again.csv"
    sample = root / "data" / "samples" / "customer_operations.csv"
    assert run("score", sample, "--overrides", kept, "-o", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    comparison = json.loads(run("compare", scored, again, "--json").stdout)
    assert [move["text"] for move in comparison["moves"]] == ["Label chat transcripts by intent"]
    assert "settled by Ada" in comparison["moves"][0]["why"]
    assert "1 moved" in run("compare", scored, again).stdout
    records = [json.loads((tmp_path / f"{name}.run.json").read_text("utf-8")) for name in ("settled.csv", "again.csv")]
    for record in records:
        del record["created"]
    assert records[0] == records[1]
    assert (records[0]["overrides"], records[0]["decided"], records[0]["decisions_agree"]) == ("decisions.csv", 1, 0)


def test_the_same_sheet_again_changes_nothing_and_says_so(scored, tmp_path):
    sheet, kept = tmp_path / "sheet.xlsx", tmp_path / "decisions.csv"
    run("review", "export", scored, "-o", sheet, "--all")
    decide(sheet, {"Label chat transcripts by intent": ("augmentable", "Ada"), "Issue refunds": (None, "Ada")})
    arguments = ("review", "import", sheet, "--into", scored, "--decisions", kept, "-o")
    assert run(*arguments, tmp_path / "one.csv").exit_code == 0
    before = [path.read_bytes() for path in (kept, tmp_path / "decisions.csv.log.jsonl")]
    result = run(*arguments, tmp_path / "two.csv")
    assert "1 of them stood in" in result.stderr
    assert [path.read_bytes() for path in (kept, tmp_path / "decisions.csv.log.jsonl")] == before
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


_PAIR = "team,Fachrolle,task,law\nA,clerk,Match supplier invoices to purchase orders,§ 14\n" \
        "B,Clerk,match supplier invoices to purchase orders,no\nB,buyer,Match supplier invoices to purchase orders,no\n"  # fmt: skip # noqa: E501


def test_a_decision_reaches_every_row_of_its_task_and_role_and_no_barrier_is_beaten(csv_file, tmp_path):
    inventory, sheet, kept = csv_file(_PAIR), tmp_path / "sheet.xlsx", tmp_path / "decisions.csv"
    scored, out = tmp_path / "scored.csv", tmp_path / "settled.csv"
    how = ("score", inventory, "--role", "Fachrolle", "--barrier", "law")
    assert run(*how, "-o", scored).exit_code == 0
    run("review", "export", scored, "-o", sheet, "--all")
    decide(sheet, {"match supplier invoices to purchase orders": ("automatable", "Ada", "2026-11-20", "we can")})
    result = run("review", "import", sheet, "--into", scored, "-o", out, "--decisions", kept)
    assert result.exit_code == 0, result.stderr
    assert "reaches 2 rows: match supplier invoices to purchase orders (Clerk)" in result.stderr
    assert "1 tasks stay with people all the same" in result.stderr
    again = tmp_path / "again.csv"
    result = run(*how, "--overrides", kept, "-o", again)
    assert "decided 2, 2 as the model said · barred 1" in result.stderr
    assert out.read_bytes() == again.read_bytes()
    assert json.loads((tmp_path / "settled.csv.run.json").read_text("utf-8"))["barriers"] == ["law"]


def test_without_a_record_a_barrier_must_be_named(csv_file, tmp_path):
    scored, sheet, out = tmp_path / "scored.csv", tmp_path / "sheet.xlsx", tmp_path / "settled.csv"
    run("score", csv_file(_PAIR.replace("Fachrolle", "role")), "--barrier", "law", "-o", scored)
    run("review", "export", scored, "-o", sheet, "--all")
    (tmp_path / "scored.csv.run.json").unlink()
    (tmp_path / "settled.csv.run.json").write_text("{}")
    decide(sheet, {"Match supplier invoices to purchase orders": ("automatable", "Ada", "2026-11-20", "we can")})
    arguments = ("review", "import", sheet, "--into", scored, "-o", out)
    assert "line 2: a barrier keeps this task with people" in run(*arguments).stderr
    result = run(*arguments, "--barrier", "law")
    assert result.exit_code == 0
    assert "Warning: no " in result.stderr
    assert not (tmp_path / "settled.csv.run.json").exists()


def test_steps_toward_technology_are_counted_and_names_without_decisions_are_told(scored, tmp_path):
    sheet, out = tmp_path / "sheet.xlsx", tmp_path / "settled.csv"
    run("review", "export", scored, "-o", sheet, "--all")
    book = openpyxl.load_workbook(sheet)["Review"]
    labels = {row[2]: row[5] for row in book.iter_rows(min_row=2, values_only=True)}
    human, other = [
        next(task for task in labels if labels[task] == name) for name in ("human-essential", "automatable")
    ]
    decide(sheet, {human: ("augmentable", "Ada", None, "=1+1"), other: (None, "Bob")})
    result = run("review", "import", sheet, "--into", scored, "-o", out, "--excel")
    assert "1 toward technology against the model (1 tasks)" in result.stderr
    assert "but a name, a date or a reason" in result.stderr
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert ",'=1+1," in (tmp_path / "settled.csv.decisions.csv").read_text("utf-8")


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
    assert "66 rows, policy `cautious`, barriers: none; no decisions of people" in texts["5-changes.md"]


def test_what_people_wrote_into_the_pack_is_not_overwritten(scored, tmp_path):
    pack = tmp_path / "pack"
    assert run("models", "card", "--pack", pack).exit_code == 0
    rules = pack / "3-rules-of-use.md"
    rules.write_text("Agreed: the works council sees all results.", encoding="utf-8")
    result = run("models", "card", "--pack", pack)
    assert result.exit_code == 1
    assert "3-rules-of-use.md" in result.stderr
    assert rules.read_text("utf-8").startswith("Agreed")
    assert run("models", "card", "--pack", pack, "--force").exit_code == 0
    assert not rules.read_text("utf-8").startswith("Agreed")
    assert "nothing is known of the run" in run("models", "card", "--pack", tmp_path / "p", "--scored", rules).stderr


def test_the_change_log_tells_of_barriers_and_decisions():
    made = {"created": "2026-11-20", "source": "t.csv", "rows": 9, "policy": "strict", "barriers": ["law", "safety"],
           "overrides": "decisions.csv", "decided": 4, "decisions_agree": 3}  # fmt: skip
    line = works_council_pack(inspect(find(None)), made)["5-changes.md"].splitlines()[5]
    assert "policy `strict`, barriers: law, safety" in line
    assert "decisions of people from `decisions.csv` in 4 rows, 3 of them as the model said" in line


def test_the_fast_tier_gives_the_same_columns(root, tmp_path):
    sample = root / "data" / "samples" / "plant.tsv"
    accurate, fast = (run("score", sample, "--tier", tier).stdout.splitlines() for tier in ("accurate", "fast"))
    assert accurate[0] == fast[0]
    assert len(accurate) == len(fast)
    assert "no tier 'slow'" in run("score", sample, "--tier", "slow").stderr
