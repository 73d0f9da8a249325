"""The page as people open it: in a real browser, from a file, with hostile tasks in it."""

import shutil

import pytest

from taskfit.report import render_html, summarise
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team

CHROMIUM = shutil.which("chromium")
HOSTILE = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1> </script> & Post invoices"

SURE = [0.96, 0.03, 0.01]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def page_of(tasks, run=None, weights=None, **options):
    weights = weights or weigh(tasks)
    return render_html(summarise(tasks, weights, run=run), tasks, weights, **options)


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    pages = []

    def open_page(html):
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        page = browser.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


def test_it_asks_for_nothing_and_complains_of_nothing(opened, csv_file):
    page = opened(page_of(read_scored(team(csv_file))))
    assert page.said == []
    assert [url.split("/")[-1] for url in page.asked] == ["report.html"]


def test_search_filter_and_sort_work(opened, csv_file):
    page = opened(page_of(read_scored(team(csv_file))))
    assert page.inner_text("#count") == "1–7 of 7 tasks"
    page.select_option("#team", "South")
    page.select_option("#label", "human-essential")
    assert page.inner_text("#count") == "1–2 of 2 tasks"
    page.fill("#search", "mourner")
    assert page.locator("#rows tr").count() == 1
    page.fill("#search", "nothing like it")
    assert page.inner_text("#count") == "no task matches"
    for box, value in (("#search", ""),):
        page.fill(box, value)
    page.select_option("#label", "")
    page.select_option("#team", "")
    page.check("#look")
    assert page.inner_text("#rows tr td") == "Answer odd questions"
    page.uncheck("#look")
    page.click("button[data-sort='7']")
    assert page.locator("#rows tr").first.inner_text().startswith("Post invoices")
    assert page.get_attribute("th:has(button[data-sort='7'])", "aria-sort") == "descending"


def test_it_can_be_used_by_keyboard_and_tells_charts_in_words(opened, csv_file):
    page = opened(page_of(read_scored(team(csv_file))))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    labels = page.eval_on_selector_all("svg", "charts => charts.map(chart => chart.getAttribute('aria-label'))")
    assert len(labels) == 2
    assert all("%" in label for label in labels)


def test_hostile_text_does_nothing(opened, csv_file):
    rows = [((HOSTILE.replace('"', ""), "cl<b>erk", HOSTILE, 3), [0.5, 0.3, 0.2], "", True, "ok"),
            (("A", "clerk", HOSTILE + " again", 3), [0.98, 0.01, 0.01], "", False, "ok")]  # fmt: skip
    page = opened(page_of(read_scored(scored_csv(csv_file, rows), text="task"), nearest={0: [HOSTILE]}))
    assert page.evaluate("window.hacked") is None
    assert page.said == []
    assert page.locator("#rows summary").first.inner_text() == HOSTILE.strip()


def test_what_is_settled_is_told_instead_of_how_sure_the_model_was(opened, csv_file):
    rows = [(("A", "clerk", "Post invoices", 3, 1), SURE, "", False, "barred", "augmentable"),
            (("A", "clerk", "Wash a patient", 2, 3), [0.0, 0.1, 0.9], "p", False, "reviewed", "automatable"),
            (("A", "clerk", "Sort the post", 4, ""), SURE, "", False, "ok")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows, ("team", "role", "task", "hours", "wish")))
    page = opened(page_of(tasks, run={"barriers": ["law"], "decisions_agree": 0}))
    assert page.locator("#rows tr td:nth-child(5)").all_inner_texts() == ["by a barrier", "by people", "96 %"]
    assert page.locator("#rows tr td:nth-child(8)").all_inner_texts() == ["1", "3", ""]
    text = page.inner_text("main")
    assert "People settled 1 task (2 hours), 0 as the model had said. A barrier (law) keeps 1 task (3 hours)" in text
    assert "People decided 2 hours toward technology against the model's likeliest label" in text
    assert "column hours" in text
    assert "3 is no preference" in text
    page.click("button[data-sort='4']")
    assert page.locator("#rows tr td:nth-child(5)").last.inner_text() == "96 %"


def test_long_words_do_not_widen_the_page(opened, csv_file):
    word = "Donaudampfschifffahrtsgesellschaft" * 8
    rows = [
        ((word, word, f"{start} {word}", 3), SURE, "", review, "ok") for start, review in (("Do", False), ("Go", True))
    ]
    page = opened(page_of(read_scored(scored_csv(csv_file, rows))))
    for width in (1280, 420):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_tables_scroll_by_keyboard_and_print_opens_what_is_folded(opened, csv_file):
    rows = [(("A", "clerk", "Post invoices", 3), SURE, "", False, "ok")] * 2
    page = opened(page_of(read_scored(scored_csv(csv_file, rows))))
    for box in page.locator(".scroll").all():
        assert (box.get_attribute("tabindex"), box.get_attribute("role")) == ("0", "region")
        assert box.get_attribute("aria-label")
    folded = "[...document.querySelectorAll('section > details')].map(box => box.open)"
    assert page.evaluate(folded) == [False, False]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(folded) == [True, True]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(folded) == [False, False]


def test_lighter_groups_are_folded_and_an_empty_one_has_no_share(opened, csv_file):
    rows = [((f"Team {at}", "clerk", f"Post invoices of team {at}", at), SURE, "", False, "ok") for at in range(25)]
    page = opened(page_of(read_scored(scored_csv(csv_file, rows))))
    assert page.locator("table:has-text('By team, in hours') tbody tr").count() == 20
    assert page.inner_text("details:has-text('lighter ones') summary") == "5 lighter ones"
    page.click("details:has-text('lighter ones') summary")
    assert page.locator("tr:has(th bdi:text-is('Team 0')) td").all_inner_texts() == ["0", *["–"] * 8]


def test_shares_are_shown_as_per_cent_of_a_role(opened, csv_file):
    rows = [(("A", "clerk", "Post invoices", 60), SURE, "", False, "ok"),
            (("A", "clerk", "Send reminders", 40), SURE, "", False, "ok")]  # fmt: skip
    tasks = read_scored(scored_csv(csv_file, rows))
    page = opened(page_of(tasks, weights=weigh(tasks, share="hours")))
    assert "100 % of a role" in page.inner_text("header")
    assert page.locator("#rows tr td:nth-child(6)").all_inner_texts() == ["60 %", "40 %"]


def test_ten_thousand_tasks_fit_in_a_mail(csv_file, opened, root):
    import csv

    with (root / "data" / "tasks.csv").open(encoding="utf-8") as file:
        texts = [row["task"] for row in csv.DictReader(file)]
    rows = [((f"Team {at % 40}", f"role {at % 300}", texts[at % len(texts)].replace('"', "'") + f" {at}", at % 9),
             [0.2 + 0.07 * (at % 10), 0.7 - 0.07 * (at % 10), 0.1], "", at % 10 == 5, "ok") for at in range(10_000)]  # fmt: skip  # noqa: E501
    html = page_of(read_scored(scored_csv(csv_file, rows)))
    assert len(html.encode()) < 1_000_000
    page = opened(html)
    assert "of 10,000 tasks" in page.inner_text("#count")
    page.click("#next")
    assert page.inner_text("#count").startswith("101–200")
