import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.scoring.screen import screen


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "...", "\x00", "-"])
def test_nothing_readable_is_blank(text):
    finding = screen(text)
    assert finding.status == "blank"
    assert not finding.has_task


@pytest.mark.parametrize("text", ["12", "3.5 h", "?!", "A1", "2024-01-01", "%", "e = mc^2"])
def test_numbers_and_signs_are_no_task(text):
    finding = screen(text)
    assert finding.status == "not_a_task"
    assert not finding.has_task
    assert finding.review


@pytest.mark.parametrize(
    "text",
    [
        "Other duties as assigned",
        "Perform other related duties as required",
        "Any other duties as and when required",
        "Misc admin",
        "General support",
        "TBC",
        "Ad hoc tasks",
        "Special projects as directed by the manager",
    ],
)
def test_vague_duties_are_flagged_but_labelled(text):
    finding = screen(text)
    assert finding.status == "vague"
    assert finding.has_task
    assert finding.review


@pytest.mark.parametrize(
    "text",
    [
        "Send the roster to anna.lee@example.com",
        "Call the surgery on 020 7946 0018 about results",
        "Ring +49 30 901820 when the gate jams",
        "Update the record of staff no. 48213",
        "Arrange cover for Mrs Patel on Fridays",
    ],
)
def test_personal_data_are_flagged(text):
    finding = screen(text)
    assert finding.status == "personal_data"
    assert finding.review


@pytest.mark.parametrize(
    "text",
    [
        "Rechnungen mit Bestellungen abgleichen und für die Zahlung freigeben",
        "Rédiger les rapports de la semaine pour le directeur",
        "Preparar los informes de ventas para el comité",
        "Controleren van de facturen en het boeken in het systeem",
        "Подготовка отчётов",
    ],
)
def test_another_language_is_flagged(text):
    assert screen(text).status == "other_language"


@pytest.mark.parametrize(
    "text",
    [
        "Prepare the monthly budget for the board; counsel staff who face redundancy",
        "Update the asset register. Visit each site to check the labels",
        "Answer mail and then update the CRM and also call the customer",
        "Post the payments and then console the bereaved",
        "Log the visit as well as writing the letter",
        "Answer customers' mail and also prepare offers",
    ],
)
def test_two_tasks_in_one_row_are_flagged(text):
    assert screen(text).status == "compound"


@pytest.mark.parametrize(
    "text",
    [
        "Match invoices to orders",
        "AP 3-way match",
        "Post journals in SAP",
        "Support IT users with other related systems such as printers",
        "Coordinate special projects with contractors",
        "Record 1,250 readings a day in form 27-B",
        "Handle duties and tariffs on imports from the EU",
        "Pay the invoices of les Amis du Louvre",
        "Read meters, e.g. Gas and water",
        "Check dates as well as amounts",
        "Check the dates as well as the amounts on every invoice",
        "Maintain logs of network functions, as well as maintenance and repair records",
        "Train newcomers to take blood, first on a dummy arm and then on each other",
        "Publish the holiday as well as opening hours of all branches",
        "Win the juniors and then him",
        "Answer general questions about opening hours by telephone",
    ],
)
def test_ordinary_tasks_pass(text):
    assert screen(text).status == "ok"


def test_the_public_catalogue_passes_nearly_whole(corpora):
    import csv

    with (corpora / "onet_exposure.csv").open(encoding="utf-8", newline="") as file:
        statuses = [screen(row["task"]).status for row in csv.DictReader(file)]
    assert statuses.count("ok") / len(statuses) > 0.99
    assert "not_a_task" not in statuses
    assert "blank" not in statuses


FINDINGS = {
    "ok": "Match invoices to orders",
    "blank": "",
    "not_a_task": "42",
    "vague": "Other duties as assigned",
    "personal_data": "Write to anna.lee@example.com",
    "other_language": "Rechnungen mit Bestellungen abgleichen und für die Zahlung freigeben",
    "compound": "Answer mail and then update the CRM",
}


@pytest.mark.parametrize(("status", "text"), FINDINGS.items())
def test_a_finding_is_complete(status, text):
    finding = screen(text)
    assert finding.status == status
    assert bool(finding.note) == (status != "ok")
    assert finding.has_task == (status not in {"blank", "not_a_task"})
    assert finding.review == (status not in {"ok", "blank"})


@given(st.text(max_size=200))
def test_any_text_gets_a_known_status_and_the_same_one_twice(text):
    finding = screen(text)
    assert finding.status in FINDINGS
    assert screen(text) == finding


@given(st.text(max_size=60))
def test_white_space_around_a_text_says_nothing(text):
    assert screen(f" \t{text}\n ") == screen(text)


@pytest.mark.parametrize(
    "text", ["A" * 200_000, "a and then " * 20_000, "1-" * 100_000, "\u0301" * 50_000, "@" * 100_000]
)
def test_a_very_long_text_is_screened(text):
    assert screen(text).status in FINDINGS


@pytest.mark.parametrize("text", ["IT", "x y z", "§ 14", "№ 7", "😀😀😀", "m²", "1 h"])
def test_too_few_letters_are_no_task(text):
    assert screen(text).status == "not_a_task"


@pytest.mark.parametrize("text", ["請求書を照合する", "مطابقة الفواتير", "Συμφωνία τιμολογίων", "сверка счетов"])
def test_a_script_beyond_latin_is_another_language(text):
    assert screen(text).status == "other_language"


@pytest.mark.parametrize(
    "text",
    [
        "Prüfe die invoices",
        "Café tables: wipe and lay",
        "Naïve Bayes model: retrain",
        "Answer la carte orders of the guests",
    ],
)
def test_a_foreign_word_or_two_do_not_make_another_language(text):
    assert screen(text).status == "ok"


@pytest.mark.parametrize(
    "text", ["Pay 1,250,000 records", "Close the year 2024-12-31", "Scan 0123 labels", "Order 12 345 678"]
)
def test_figures_that_are_no_telephone_number_pass(text):
    assert screen(text).status == "ok"


def test_personal_data_win_over_every_other_doubt():
    assert screen("Other duties as assigned by anna.lee@example.com").status == "personal_data"


@pytest.mark.parametrize("text", ["Check form 2024-01-01-0007", "Close the ledger of 2024-01-01 0900"])
def test_a_date_with_figures_behind_is_no_telephone_number(text):
    assert screen(text).status == "ok"
