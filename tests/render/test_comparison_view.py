"""Runs side by side, drawn."""

from pathlib import Path

import pytest
from builders import build_replicate, build_result

from seqmem.config.run_config import RunConfig
from seqmem.render.comparison_view import draw_comparison
from seqmem.results.comparison import Comparison
from seqmem.terminal.console import recorded


def run(name, solved, replicates=20, **settings):
    """A run of which so many replicates are solved, after 100, 102, ... presentations."""
    config = RunConfig.from_settings(settings | {"replicates": replicates})
    ones = [
        build_replicate(seed, 100 + 2 * number if number < solved else None) for number, seed in enumerate(config.seeds)
    ]
    return build_result(config, ones, path=Path("runs") / name)


def drawn(*runs, width=100):
    return recorded(draw_comparison(Comparison(runs)), width).export_text()


def rows_of(text):
    return {line[1:22].strip(): line[22:].strip() for line in text.splitlines()}


def test_settings_that_differ_and_outcomes_stand_side_by_side():
    rows = rows_of(drawn(run("lstm", 12), run("gru", 20, cell="gru", units=7, learning_rate=0.001)))
    assert rows["run"].split() == ["runs/lstm", "runs/gru"]
    assert rows["cell"].split() == ["lstm", "gru"]
    assert rows["units"].split() == ["20", "7"]
    assert rows["learning rate"].split() == ["0.01", "0.001"]
    assert "gap" not in rows
    assert rows["solved"].split() == ["12/20", "20/20"]
    assert rows["success rate [95 %]"].startswith("0.60 [0.39, 0.78]  1.00 [0.84, 1.00]")


def test_presentations_are_told_with_those_that_never_got_there():
    rows = rows_of(drawn(run("most", 12), run("few", 8)))
    assert rows["median of all"].split("  ")[0] == "119"
    assert rows["median of all"].endswith("> 2,000")
    assert [" ".join(cell.split()) for cell in rows["not solved"].split("  ") if cell] == [
        "8 within 2,000",
        "12 within 2,000",
    ]


def test_a_difference_is_told_with_its_interval():
    text = " ".join(drawn(run("a", 10), run("b", 20, cell="gru")).split())
    assert "✓ B and A are different" in text
    assert "success rate of B less that of A: +0.50, 95 % interval +0.24 to +0.70, p = 4e-04: different" in text
    assert "different below p = 0.025: so at most 5 % of runs that differ in their seeds alone" in text


def test_what_luck_explains_is_no_difference():
    text = drawn(run("a", 10), run("b", 13, seed=20))
    assert "B and A: no difference shown" in text
    assert "different" not in text.partition("interval of Newcombe")[0]


def test_an_interval_without_zero_that_is_not_enough_is_explained():
    text = " ".join(drawn(run("lstm", 20), run("rnn", 15, cell="rnn")).split())
    assert "-0.25, 95 % interval -0.47 to -0.04, p = 0.047 " in text
    assert "an interval without 0 is not enough" in text
    assert "an interval without 0" not in " ".join(drawn(run("a", 10), run("b", 20)).split())


def test_what_keeps_a_difference_from_being_found_is_said():
    text = " ".join(drawn(run("a", 1, 2), run("b", 2, 2, criterion="recall:0.9")).split())
    assert "2 replicates can show no difference: train with --replicates 20" in text
    assert "solved means something else in each: their criteria differ" in text
    text = " ".join(drawn(run("a", 10), run("b", 13, seed=7)).split())
    assert "some of the same seeds: replicates are counted twice" in text


def test_nothing_is_said_of_runs_with_nothing_to_remember():
    text = drawn(run("a", 10), build_result(RunConfig.from_settings({"sequences": ["a b c"]}), path=Path("b")))
    assert "B and A: nothing to remember in one of them" in text
    assert "Newcombe" not in text


@pytest.mark.parametrize("width", [20, 40, 60])
def test_no_figure_is_cut(width):
    text = " ".join(drawn(run("a-run-with-a-long-name", 12), run("gru", 20, cell="gru"), width=width).split())
    for figure in ("0.60 [0.39, 0.78]", "1.00 [0.84, 1.00]", "111 (100 to 122)", "8 within 2,000"):
        assert figure in text


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_three_runs_fit_or_are_said_to_be_left_out(width):
    runs = [run(name, 10, gap=3 + number) for number, name in enumerate(("first", "second", "third"))]
    text = drawn(*runs, width=width)
    assert all(len(line) <= width for line in text.splitlines())
    assert ("third" in text) is (width >= 80)
    assert ("C: in a wider window" in text) is (width < 80)
    assert "C and A" in text
