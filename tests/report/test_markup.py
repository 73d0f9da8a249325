"""The page's markup without a browser: pieces, charts, and hostile words in every column that people fill."""

import base64
import gzip
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfit.labels import DRIVERS, LABELS
from taskfit.report import render_html, summarise
from taskfit.report.charts import driver_bars, share_bar
from taskfit.report.words import amount, guard_cells, guard_heads, listed, named, percents, region, whose, wished
from taskfit.scored import read_scored, weigh
from tests.scored_files import scored_csv, team

SURE = [0.96, 0.03, 0.01]
MARK = "<img src=x onerror=alert(1)>"
GUARD = {"automatable": 12.0, "unreviewed": 10.0, "wrongly_automated": 0.5, "wrongly_automated_low": 0.0,
         "wrongly_automated_high": 2.0, "wrongly_automated_share": 0.04, "at_risk": 1.5, "overruled": 0.0}  # fmt: skip


class Tags(HTMLParser):
    """Notes every tag with its attributes, and that what opens closes."""

    VOID = frozenset({"meta", "input", "br", "rect", "path"})

    def __init__(self, html):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def page_of(tasks, **options):
    weights = weigh(tasks)
    near = options.pop("nearest", None)
    return render_html(summarise(tasks, weights, **options), tasks, weights, nearest=near)


def packed(html):
    data = re.search(r'id="data">([^<]*)<', html)[1]
    return json.loads(gzip.decompress(base64.b64decode(data)))


def interval(low, high):
    return {"low": low, "expected": (low + high) / 2, "high": high}


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(0.1, 0.3, "10–30 %"), (0.5, 0.5, "49–51 %"), (0, 0, "0–1 %"), (1, 1, "99–100 %"), (0.004, 0.001, "0–1 %")],
)
def test_a_share_is_always_a_range(low, high, shown):
    assert percents({"low": low, "high": high}) == shown


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_range_leaves_the_whole_or_is_a_point(one, other):
    low, high = map(int, re.fullmatch(r"(\d+)–(\d+) %", percents(interval(min(one, other), max(one, other)))).groups())
    assert 0 <= low < high <= 100


@given(st.text())
def test_words_of_others_are_never_tags(text):
    shown = named(text)
    assert shown.startswith("<bdi>")
    assert "<" not in shown.removeprefix("<bdi>").removesuffix("</bdi>")


def test_amounts_are_escaped_and_can_leave_the_unit_out():
    assert amount(3, "<hours>") == "3 &lt;hours&gt;"
    assert amount(3, "hours", bare=True) == "3"


def test_a_label_of_a_region_cannot_leave_its_attribute():
    tags = Tags(region("By 'a' \"b\" <c>", "<table></table>"))
    assert tags.seen[0][1]["aria-label"] == "By 'a' \"b\" <c>"
    assert [tag for tag, _ in tags.seen] == ["div", "table"]


def test_a_list_of_nothing_is_nothing():
    assert listed([]) == ""
    assert listed(["a"], "ol", "near") == "<ol class='near'><li>a</li></ol>"


def test_an_owner_without_team_or_role_leaves_no_stray_dots():
    assert whose({"team": "", "role": ""}, "", "3 hours") == "<span class='soft'>3 hours</span>"
    assert whose({"team": "A&B", "role": "clerk"}).count(" · ") == 1


@pytest.mark.parametrize(
    ("wish", "said"), [(None, ""), (4.5, "wish 4.5 of 5, green light"), (2, "wish 2 of 5, green light")]
)
def test_a_wish_is_told_with_its_zone(wish, said):
    assert wished({"wish": wish, "zone": "green light"}) == said


def test_a_guard_has_a_heading_a_cell_and_says_no_risk_of_nothing():
    assert guard_heads("hours").count("<th") == guard_cells(GUARD, "hours").count("<td") == 4
    assert "0.5 (0–2)" in guard_cells(GUARD, "hours")
    assert "<td class='n'>–</td>" in guard_cells({**GUARD, "automatable": 0.0}, "hours")


def test_charts_say_in_words_what_they_draw():
    shares = {label: interval(0.1 * at, 0.2 * at + 0.1) for at, label in enumerate(LABELS)}
    svg = share_bar(shares, dict.fromkeys(LABELS, 1 / 3))
    words = Tags(svg).seen[0][1]["aria-label"]
    assert words == (
        "Share by label: automatable 0–10 %, decided 33%, augmentable 10–30 %, decided 33%, human-essential 20–50 %, "
        "decided 33%"
    )
    assert svg.count("<rect") == len(LABELS)


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_driver_bars_stay_within_the_picture(highs):
    svg = driver_bars({name: interval(0, high) for name, high in zip(DRIVERS, highs, strict=True)}, "hours")
    assert all(0 <= float(width) <= 440 for width in re.findall(r'width="(-?[\d.]+)"', svg))
    assert all(0 <= float(x) <= 440 for x in re.findall(r'x="(-?[\d.]+)"', svg))


def test_the_page_is_well_formed_and_loads_nothing(csv_file):
    tags = Tags(page_of(read_scored(team(csv_file))))
    assert tags.open == []
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in tags.seen}
    assert not [attributes for _, attributes in tags.seen if "src" in attributes]
    assert [attributes["href"] for _, attributes in tags.seen if "href" in attributes] == ["#tasks"]


def test_every_row_travels_in_the_page(csv_file):
    tasks = read_scored(team(csv_file))
    rows = packed(page_of(tasks))
    assert [row[1] for row in rows] == tasks.texts
    assert [row[3] for row in rows] == tasks.labels
    assert [row[9] for row in rows] == tasks.lines
    assert rows[0][4] == 96
    assert rows[-1][4] is None
    assert [row[10] for row in rows] == [0, 0, 1, 0, 0, 0, 0]


def test_the_same_results_make_the_same_page(csv_file):
    tasks = read_scored(team(csv_file))
    assert page_of(tasks) == page_of(tasks)


def harmless(html):
    """Assert that nothing of `MARK` became a tag or a handler."""
    tags = Tags(html)
    assert "img" not in [tag for tag, _ in tags.seen]
    assert not [name for _, attributes in tags.seen for name in attributes if name.startswith("on")]
    assert len([tag for tag, _ in tags.seen if tag == "script"]) == 2


@pytest.mark.parametrize("mark", [MARK, "</script><script>alert(1)</script>", "'><svg onload=alert(1)>", "&lt;b&gt;"])
@pytest.mark.parametrize("column", ["team", "role", "task", "wish"])
def test_hostile_words_in_an_own_column_stay_words(csv_file, mark, column):
    rows = [({"team": "A", "role": "clerk", "task": "Post invoices", "hours": 3, "wish": ""} | {column: mark}, review)
            for review in (True, False)]  # fmt: skip
    source = scored_csv(csv_file, [(tuple(own.values()), SURE, "", review, "ok") for own, review in rows],
                        ("team", "role", "task", "hours", "note" if column == "wish" else "wish"))  # fmt: skip
    tasks = read_scored(source, text="task")
    html = page_of(tasks, nearest={0: [mark], 1: [mark]})
    harmless(html)
    if column in {"team", "role", "task"}:
        assert mark in next(row for row in packed(html) if row)[("team", "task", "role").index(column)]


@pytest.mark.parametrize("column", ["fit_status", "fit_note", "fit_drivers"])
def test_hostile_words_in_a_column_of_scoring_stay_words(csv_file, column):
    source = team(csv_file)
    head, *lines = source.read_text("utf-8").splitlines()
    at = head.split(",").index(column)
    cells = [[cell.strip('"') for cell in line.split(",")] for line in lines]
    for row in cells:
        row[at] = MARK
        row[head.split(",").index("fit_review")] = "true"
    source.write_text("\n".join([head, *(",".join(row) for row in cells)]) + "\n", encoding="utf-8")
    harmless(page_of(read_scored(source)))


@pytest.mark.parametrize("column", [MARK, "a' onmouseover='alert(1)", 'a" onmouseover="alert(1)'])
def test_a_hostile_name_of_a_column_stays_a_name(csv_file, column):
    source = team(csv_file)
    source.write_text(source.read_text("utf-8").replace("team", '"' + column.replace('"', '""') + '"', 1), "utf-8")
    tasks = read_scored(source, text="task")
    harmless(page_of(tasks, by=[column, "role"]))


@pytest.mark.parametrize("name", ["model", "fingerprint", "tier", "policy", "created", "taskfit"])
def test_a_hostile_record_of_a_run_stays_words(csv_file, name):
    html = page_of(read_scored(team(csv_file)), run={name: MARK})
    harmless(html)
    assert "&lt;img src=x" in html


def test_a_hostile_name_of_a_barrier_or_of_the_file_stays_words(csv_file):
    rows = [(("A", "clerk", "Post invoices", 3), SURE, "", False, "barred", "augmentable")]
    source = scored_csv(csv_file, rows, name="<b onclick=x>.csv")
    html = page_of(read_scored(source), run={"barriers": [MARK]})
    harmless(html)
    assert "&lt;b onclick=x&gt;.csv" in html


def test_a_hostile_manifest_stays_words(csv_file):
    model = {"name": MARK, "created": MARK, "schema": MARK, "protocol": MARK,
             "data": {"files": [{"name": MARK, "sha256": MARK}]}}  # fmt: skip
    harmless(page_of(read_scored(team(csv_file)), model=model))


def test_a_table_of_groups_without_columns_is_no_table(csv_file):
    rows = [(("Post invoices",), SURE, "", False, "ok")]
    html = page_of(read_scored(scored_csv(csv_file, rows, ("task",))))
    assert "Where the work lies" not in html
    assert Tags(html).open == []
