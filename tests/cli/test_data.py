"""The data commands as a user runs them."""

import json

import pytest
from click.testing import CliRunner

from taskfit.cli import main
from taskfit.datasets import SOURCES


def run(*arguments):
    return CliRunner().invoke(main, ["data", *(str(argument) for argument in arguments)])


def test_sources_name_place_licence_and_citation():
    result = run("sources")
    for source in SOURCES.values():
        assert source.url in result.stdout
        assert source.citation in result.stdout


def test_sources_compare_a_folder(tmp_path):
    entries = json.loads(run("sources", "--check", tmp_path, "--json").stdout)
    assert {entry["state"] for entry in entries} == {"missing"}


def test_convert_writes_labels_and_says_what_is_lost(csv_file):
    result = run("convert", csv_file("task,job,rating\nDo it,clerk,T3\nDo it,clerk,T4\nAsk,clerk,T0\n"), "--scale",
                 "automation", "--column", "rating")  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "Do it,automatable,clerk,3.5,2,automation: rating" in result.stdout
    assert "Ask,human-essential,clerk,0" in result.stdout
    assert "3 rows, 2 tasks" in result.stderr
    assert "not who should do it" in result.stderr


def test_convert_knows_the_columns_of_a_public_set(corpora, tmp_path):
    target = tmp_path / "labelled.csv"
    assert run("convert", corpora / "workbank_experts.csv", "--source", "workbank-experts", "-o", target).exit_code == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 576


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "name a scale with --scale"),
        (("--scale", "agency"), 2, "name the column"),
        (("--scale", "agency", "--column", "nope"), 1, "no column 'nope'"),
        (("--source", "nope"), 2, "no source 'nope'"),
        (("--scale", "agency", "--column", "rating"), 1, "not on the agency scale"),
    ],
)
def test_convert_refuses_what_it_cannot_do(csv_file, arguments, code, message):
    result = run("convert", csv_file("task,rating\nDo it now please,T9\n"), *arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_join_puts_sentences_beside_labels(csv_file):
    labels = csv_file("task_id,label\n7,augmentable\n3,automatable\n", "labels.csv")
    texts = csv_file('occupation,task_id,task\nclerk,3,"Post, file"\nnurse,7,Assess\nnurse,9,Wash\n', "texts.csv")
    result = run("join", labels, texts, "--on", "task_id")
    assert result.stdout.splitlines() == [
        "task_id,label,occupation,task", "7,augmentable,nurse,Assess", '3,automatable,clerk,"Post, file"'
    ]  # fmt: skip
    assert "2 labels" in result.stderr


def test_join_names_labels_without_a_sentence_and_a_missing_column(csv_file):
    labels, texts = csv_file("task_id,label\n7,augmentable\n", "labels.csv"), csv_file("task_id,task\n3,Post\n")
    result = run("join", labels, texts, "--on", "task_id")
    assert (result.exit_code, "7 (line 2)" in result.stderr) == (1, True)
    assert "no column 'key'" in run("join", labels, texts, "--on", "key").stderr


def test_validate_passes_the_shipped_corpus(root):
    result = run("validate", root / "data" / "tasks.csv", "--quick")
    assert result.exit_code == 0
    assert "0 errors" in result.stdout


def test_validate_fails_on_an_error_and_tells_the_line(csv_file):
    rows = "task,label,role\npost it,automatable,clerk\npost it,augmentable,clerk\n"
    result = run("validate", csv_file(rows), "--quick")
    assert result.exit_code == 4
    assert "line 2, 3: 'post it' is augmentable and automatable" in result.stdout
    assert json.loads(run("validate", csv_file(rows), "--quick", "--json").stdout)[0]["kind"] == "contradiction"


def test_validate_lists_what_other_commands_refuse(csv_file):
    path = csv_file("task,label,split\npost it,automatable,train\nask,augmentable\nhelp,human-essential,holdout\n")
    result = run("validate", path, "--quick")
    assert result.exit_code == 4
    assert "line 3: 2 of 3 fields" in result.stdout
    assert "line 4: unknown split 'holdout'" in result.stdout


@pytest.mark.parametrize(
    "command", [("join", "--on", "task"), ("convert", "--scale", "automation", "--column", "label")]
)
def test_join_and_convert_refuse_a_row_of_another_length(csv_file, command):
    path = csv_file("task,label,role\npost it,T1,clerk\nask\n")
    name, *options = command
    result = run(name, path, *([path] if name == "join" else []), *options)
    assert result.exit_code == 1
    assert "line 3: 1 of 3 fields" in result.stderr
    assert result.stdout == ""


def test_agree_refuses_an_unknown_label_with_its_file_and_line(csv_file):
    one = csv_file("task,label\npost it now,automatable\n", "a.csv")
    two = csv_file("task,label\npost it now,Automatable\n", "b.csv")
    result = run("agree", one, two)
    assert result.exit_code == 1
    assert "b.csv: unknown label 'Automatable' in line 2: write 'automatable'" in result.stderr


def test_agree_matches_rows_by_id_in_any_order(csv_file):
    one = csv_file(
        "id,task,label\n1,post it,automatable\n2,comfort him,human-essential\n3,draft,augmentable\n", "a.csv"
    )
    two = csv_file("id,task,label\n3,draft,augmentable\n2,comfort,human-essential\n1,post,augmentable\n", "b.csv")
    result = json.loads(run("agree", one, two, "--json").stdout)
    assert result["n"] == 3
    assert result["confusion"] == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_agree_reports_by_group(csv_file):
    rows = "task,label,team\npost it,automatable,hr\ncomfort him,human-essential,it\n"
    result = run("agree", csv_file(rows, "a.csv"), csv_file(rows, "b.csv"), "--group", "team")
    assert "2 tasks labelled by both" in result.stdout
    assert "hr" in result.stdout


def test_agree_refuses_files_without_a_common_task(csv_file):
    one = csv_file("task,label\npost it now,automatable\n", "a.csv")
    two = csv_file("task,label\ncomfort him,human-essential\n", "b.csv")
    result = run("agree", one, two)
    assert result.exit_code == 1
    assert "share no task" in result.stderr


def test_sources_are_json_with_every_field():
    entries = json.loads(run("sources", "--json").stdout)
    assert [entry["name"] for entry in entries] == list(SOURCES)
    assert all(entry["scales"] and entry["licence"] and "state" in entry for entry in entries)


def test_sources_say_a_state_only_where_a_folder_is_given(tmp_path, monkeypatch):
    monkeypatch.delenv("TASKFIT_CORPORA", raising=False)
    assert ": missing" not in run("sources").stdout
    assert run("sources", "--check", tmp_path).stdout.count(": missing") == len(SOURCES)


def test_convert_averages_several_columns_and_takes_named_ones(csv_file):
    path = csv_file("what,who,one,two\nDo it now please,clerk,1,5\nAsk him,nurse,,2\n")
    options = ("--text", "what", "--role", "who", "--scale", "agency", "--column", "one", "--column", "two")
    result = run("convert", path, *options)
    assert result.stdout.splitlines()[1:] == [
        'Do it now please,augmentable,clerk,3.0,2,"agency: one, two"',
        'Ask him,automatable,nurse,2.0,1,"agency: one, two"',
    ]


def test_convert_writes_no_file_where_a_rating_is_wrong(csv_file, tmp_path):
    target = tmp_path / "labelled.csv"
    result = run("convert", csv_file("task,rating\nDo it,9\n"), "--scale", "ilo", "--column", "rating", "-o", target)
    assert result.exit_code == 1
    assert "line 2: '9' is not on the ilo scale" in result.stderr
    assert not target.exists()


def test_join_writes_a_file_and_keeps_cells_as_they_are(csv_file, tmp_path):
    labels = csv_file('id,label,note\n1,automatable,"a, ""b"""\n', "labels.csv")
    target = tmp_path / "joined.csv"
    result = run("join", labels, csv_file("id,task\n1,会議 =1+1\n", "texts.csv"), "--on", "id", "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text("utf-8-sig").splitlines()[1].startswith('1,automatable,"a, ""b""",会議')


def test_validate_shows_twenty_of_a_kind_and_counts_the_rest(csv_file):
    path = csv_file("task,label\n" + "".join(f"task {n},robotic\n" for n in range(25)))
    result = run("validate", path, "--quick")
    assert result.stdout.startswith("schema (25)\n")
    assert result.stdout.count("  line ") == 20
    assert "... and 5 more; --json has all" in result.stdout
    assert "25 labelled tasks: 25 errors, 0 to look at" in result.stdout
    assert len(json.loads(run("validate", path, "--quick", "--json").stdout)) == 25


def test_doubts_alone_pass(csv_file):
    result = run("validate", csv_file("task,label\npost it,automatable\nPost it.,automatable\n"), "--quick")
    assert result.exit_code == 0
    assert "0 errors, 1 to look at" in result.stdout


def test_agree_tells_drivers_and_confusion_in_words(csv_file):
    header = "task,label,empathy,presence,judgement,creativity,leadership\n"
    one = csv_file(header + "post it,automatable,0,0,0,0,0\nhelp him,human-essential,2,0,0,0,0\n", "a.csv")
    two = csv_file(header + "post it,augmentable,0,0,0,0,0\nhelp him,human-essential,2,0,0,0,0\n", "b.csv")
    result = run("agree", one, two)
    assert result.exit_code == 0
    assert "same label           50.0%" in result.stdout
    assert "decisive drivers, kappa: empathy 1.000" in result.stdout
    assert [line.split()[1:] for line in result.stdout.splitlines() if line.startswith("automatable ")] == [
        ["0", "1", "0"]
    ]
