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
