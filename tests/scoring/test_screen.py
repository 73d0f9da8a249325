import pytest

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
