import math

import pytest

from seqmem.charts.curve import Level, Series, curve
from seqmem.charts.scale import Axis, fit_axis
from seqmem.judge.baseline import Baseline
from seqmem.render.loss_curve import draw_loss
from seqmem.results.findings import thinned
from seqmem.results.run import Record
from seqmem.terminal.console import Page
from seqmem.terminal.style import ASCII, UNICODE

X = list(range(0, 501, 10))
FALLING = [0.7 * math.exp(-x / 80) for x in X]


def rows(text):
    return text.plain.splitlines()


def test_ticks_are_round_and_inside():
    assert Axis(0, 500, 100).ticks(5) == [0, 100, 200, 300, 400, 500]
    assert Axis(0, 2, 100).ticks(8, whole=True) == [0, 1, 2]
    assert Axis(0.001, 1, 40, log=True).ticks(5) == pytest.approx([0.001, 0.01, 0.1, 1])


def test_a_range_of_many_decades_keeps_few_ticks():
    assert 2 <= len(Axis(1e-9, 1, 40, log=True).ticks(5)) <= 5


def test_values_far_apart_take_the_logarithm():
    assert fit_axis([0.001, 0.5], 40, None).log
    assert not fit_axis([0.2, 0.5], 40, None).log
    assert not fit_axis([0.0, 0.5], 40, None).log


def test_an_axis_holds_its_values_even_where_all_are_one():
    for values in ([0.5], [0.0], [-3.0, 7.0], [1e-12, 1e5], [1e6]):
        axis = fit_axis(values, 40, None, 2)
        assert axis.low <= min(values)
        assert axis.high >= max(values)
        assert [axis.dot(axis.low), axis.dot(axis.high)] == [2, 37]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_a_curve_keeps_to_its_width_and_names_its_baseline(width, glyphs):
    series = Series("median", X, FALLING, [y / 2 for y in FALLING], [y * 2 for y in FALLING], "spread")
    text = curve([series], [Level("baseline 0.277", 0.277)], width=width, x_name="presentations", glyphs=glyphs)
    assert max(map(len, rows(text))) <= width
    assert "baseline 0.277" in text.plain
    assert "median" in text.plain
    assert "spread" in text.plain
    assert text.plain.isascii() is (glyphs is ASCII)


def test_the_baseline_lies_between_values_above_and_below_it():
    text = curve(
        [Series("", [0, 1], [0.0, 1.0])], [Level("baseline", 0.5)], width=60, height=11, log_y=False, glyphs=ASCII
    )
    row = next(index for index, line in enumerate(rows(text)) if "baseline" in line)
    assert row == 5


def test_a_curve_on_the_baseline_leaves_its_name_readable():
    text = curve([Series("loss", X, [0.277] * len(X))], [Level("baseline", 0.277)], width=60, glyphs=ASCII)
    named = [line for line in rows(text) if "baseline" in line]
    assert len(named) == 1


def test_series_are_told_apart_without_colour():
    gaps = [3, 10, 30, 100]
    text = curve(
        [Series("lstm", gaps, [1, 1, 0.9, 0.7], marked=True), Series("gru", gaps, [1, 0.8, 0.6, 0.5], marked=True)],
        width=80,
        log_x=True,
        y_range=(0, 1),
        glyphs=ASCII,
    )
    assert "o lstm" in text.plain
    assert "# gru" in text.plain
    assert text.plain.count("#") >= 4
    assert {"3", "10", "30", "100"} <= set(text.plain.split())


def test_interval_bars_reach_from_low_to_high():
    point = Series("", [1, 2], [0.5, 0.5], [0.0, 0.0], [1.0, 1.0], marked=True)
    lines = rows(curve([point], width=40, height=11, y_range=(0, 1), glyphs=ASCII))
    assert all(line[5:].count("|") + line[5:].count("o") >= 2 for line in lines[:11])


@pytest.mark.parametrize("values", [[], [None], [math.nan], [math.inf]])
def test_nothing_to_draw_is_said(values):
    assert curve([Series("", list(range(len(values))), values)]).plain == "nothing to draw yet"


def test_missing_values_break_the_line():
    x = list(range(9))
    whole = curve([Series("", x, [1.0] * 9)], width=60, glyphs=ASCII, y_range=(0, 2)).plain
    broken = curve([Series("", x, [1, 1, None, None, None, math.nan, 1, 1, 1])], width=60, glyphs=ASCII, y_range=(0, 2))
    assert 0 < broken.plain.count("*") < whole.count("*")


def test_a_steep_fall_is_drawn_without_holes():
    text = curve([Series("", [0, 1, 2], [1.0, 0.0, 0.0])], width=30, height=11, y_range=(0, 1), glyphs=ASCII)
    assert all("*" in line for line in rows(text)[:11])


def record(presentations, *losses):
    none = (None,) * len(losses)
    return Record(presentations, losses, none, none, none, (False,) * len(losses))


def test_a_task_without_recall_shows_the_loss_of_all_steps():
    text = draw_loss([record(1, 0.5), record(2, 0.4)], Baseline(0.9, None, 0.3, None), 0, Page(60))
    assert text.plain.startswith("loss, nats")
    assert "baseline 0.300" in text.plain


def test_diverged_replicates_are_left_out_of_the_curve():
    text = draw_loss([record(1, 0.5, None), record(2, 0.4, None)], None, 0, Page(60))
    assert "median of 2" in text.plain
    assert draw_loss([record(1, None)], None, 0, Page(60)).plain == "nothing to draw yet"


def test_a_long_history_is_thinned_to_its_last_record():
    history = [record(index, 0.5) for index in range(5001)]
    kept = thinned(history)
    assert len(kept) <= 402
    assert kept[-1] is history[-1]
    assert thinned([]) == []
