from dataclasses import replace

from taskfit.evaluation import measure, render_table
from taskfit.labels import LABELS

A, G, H = LABELS
PLAIN = measure("plain", [A, G, H, H], [A, G, H, A])
LONG = replace(PLAIN, name="a model with a long name", calibration_error=0.04, intervals={"accuracy": (0.5, 1.0)})


def test_columns_are_aligned_under_their_names():
    header, rule, *rows = render_table([PLAIN, LONG]).splitlines()[:4]
    assert len(header) == len(rule) == len(rows[0]) == len(rows[1])
    assert [row[: len(LONG.name)].rstrip() for row in rows] == ["plain", LONG.name]
    assert set(rule) == {"-", " "}


def test_what_was_not_measured_is_a_dash_and_what_was_stands_in_full():
    _, _, plain, long = render_table([PLAIN, LONG]).splitlines()[:4]
    assert plain.split()[1:] == ["4", "75.0%", "0.778", "0.636", "-", "1", "of", "2", "(50.0%)"]
    assert "75.0% [50.0%, 100.0%]" in long
    assert "0.040" in long


def test_the_legend_explains_the_brackets_and_the_mistake():
    assert "95 % intervals in brackets" in render_table([PLAIN])
    assert render_table([]).splitlines()[0].split()[:2] == ["tasks", "accuracy"]


def test_no_line_ends_in_spaces():
    assert all(line == line.rstrip() for line in render_table([PLAIN, LONG]).splitlines())
