"""The documents for staff and works council, from a manifest and a record written by hand."""

import pytest

from taskfit.labels import DRIVERS, LABELS
from taskfit.pack import works_council_pack
from tests.manifests import MANIFEST, POLICY

RUN = {"source": "tasks.csv", "rows": 12, "policy": "strict", "barriers": ["law", "safety"], "created": "2026-11-20",
       "role": None}  # fmt: skip


def test_there_are_five_documents_and_each_has_a_title():
    documents = works_council_pack(MANIFEST)
    assert sorted(documents) == list(documents)
    assert len(documents) == 5
    for text in documents.values():
        assert text.startswith("# ")
        assert text.endswith("\n")


def test_every_label_and_driver_is_explained():
    system = works_council_pack(MANIFEST)["1-system.md"]
    for name in (*LABELS, *DRIVERS):
        assert f"- **{name}**: " in system


def test_the_system_names_its_data_by_digest():
    assert "`tasks.csv`: 1,234 labelled tasks, SHA-256 `abc`" in works_council_pack(MANIFEST)["1-system.md"]


def test_the_dear_mistake_stands_first_in_each_row_of_the_error_rates():
    rates = works_council_pack(MANIFEST)["2-error-rates.md"]
    assert "| cautious | 1.5% | at most 2.8% | 7.0% | 21.0% | 3.0% |" in rates


def test_a_model_without_figures_is_said_not_to_be_measured():
    rates = works_council_pack({**MANIFEST, "policies": {}})["2-error-rates.md"]
    assert "| not measured |" in rates


@pytest.mark.parametrize("run", [None, {}])
def test_without_a_run_nothing_is_said_of_one(run):
    documents = works_council_pack(MANIFEST, run)
    assert "No run was given." in documents["1-system.md"]
    assert "scored:" not in documents["5-changes.md"]


def test_a_run_is_told_in_plain_words():
    documents = works_council_pack(MANIFEST, RUN)
    assert "- barriers: law, safety\n" in documents["1-system.md"]
    assert "- role: none" in documents["1-system.md"]
    assert (
        "| 2026-11-20 | `tasks.csv` scored: 12 rows, policy `strict`, barriers: law, safety; no decisions of people "
        "in it | | |" in documents["5-changes.md"]
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"barriers": []}, "barriers: none;"),
        ({"overrides": "d.csv", "decided": 4, "decisions_agree": 3},
         "decisions of people from `d.csv` in 4 rows, 3 of them as the model said |"),
        ({"overrides": ""}, "no decisions of people in it"),
    ],
)  # fmt: skip
def test_the_change_log_says_what_was_known(fields, said):
    assert said in works_council_pack(MANIFEST, {**RUN, **fields})["5-changes.md"]


def test_an_old_record_without_barriers_is_said_not_to_know_them():
    run = {name: value for name, value in RUN.items() if name != "barriers"}
    assert "barriers: not recorded;" in works_council_pack(MANIFEST, run)["5-changes.md"]


def test_rules_leave_room_for_what_is_agreed_and_forbid_decisions_about_people():
    rules = works_council_pack(MANIFEST)["3-rules-of-use.md"]
    assert "No decision about a person: hiring, dismissal" in rules
    assert rules.endswith("- When this is looked at again:\n")
    assert "not legal advice" in rules


def test_the_card_in_the_pack_is_the_models():
    from taskfit.card import model_card

    assert works_council_pack(MANIFEST)["4-model-card.md"] == model_card(MANIFEST)


def test_every_policy_has_a_row():
    manifest = {**MANIFEST, "policies": {"balanced": POLICY, "strict": POLICY, "ours": POLICY}}
    rates = works_council_pack(manifest)["2-error-rates.md"]
    assert [line.split(" | ")[0] for line in rates.splitlines() if line.startswith("| ")][1:] == [
        "| balanced", "| strict", "| ours",
    ]  # fmt: skip


def test_a_bar_in_a_name_opens_no_cell():
    row = works_council_pack(MANIFEST, {**RUN, "source": "a|b.csv"})["5-changes.md"].splitlines()[-2]
    assert r"`a\|b.csv` scored" in row
    assert row.replace(r"\|", "").count("|") == 5
