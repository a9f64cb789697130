"""How a sweep looks: at any width, in ASCII, with failures told in full."""

import dataclasses
import io
from pathlib import PurePosixPath

import pytest
from rich.console import Console

from seqmem.config.axis import Axis
from seqmem.config.plan import Point
from seqmem.judge.baseline import Baseline
from seqmem.judge.verdict import wilson_interval
from seqmem.render.live_sweep import LiveSweep
from seqmem.render.sweep_view import draw_sweep
from seqmem.results.summary import RunSummary, Spread
from seqmem.results.sweep import Outcome, SweepProgress, SweepResult, Trial
from seqmem.terminal.console import build_console


def result(solved, baseline=0.5):
    word = "partly" if solved else "memoryless"
    counts = (20, solved, solved, 20 - solved, 0, solved / 20, wilson_interval(solved, 20), None, word)
    spread = Spread(0.5 + solved / 40, 0.5, 1.0)
    spreads = {"recall_accuracy": spread, "accuracy": spread, "recall_loss": spread, "loss": spread}
    return RunSummary(*counts, Baseline(0.875, baseline, 0.07, 0.28), spreads, None)


def trial(number, values, status="missing", reason="", result=None):
    return Trial(Point(number, str(number), values), Outcome(status, result, reason))


def sweep(*axes, rank="success_rate", **how):
    points = [{}]
    for axis in axes:
        points = [point | {axis.name: value} for point in points for value in axis.values]
    trials = [trial(number, values, "complete", result=result(20 // number)) for number, values in enumerate(points, 1)]
    return SweepResult(tuple(axes), "grid", rank, len(trials), tuple(trials), **how)


def drawn(found, width=80, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = build_console(stream, "never", width=width, environment={})
    console.print(draw_sweep(found))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def heading(lines):
    return next(line for line in lines if " verdict " in line)


CELL = Axis("cell", ("lstm", "gru"))
GAP, UNITS = Axis("gap", (3, 10, 30)), Axis("units", (5, 20))


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("axes", [(GAP,), (GAP, UNITS), (GAP, UNITS, Axis("cues", (2, 3))), (Axis("cell", ("lstm",)),)])
def test_no_line_is_wider_than_the_page(width, encoding, axes):
    lines = drawn(sweep(*axes), width, encoding).splitlines()
    assert max(map(len, lines)) <= width
    assert "?" not in "".join(lines)


def test_the_table_has_interval_and_baseline_best_first():
    lines = drawn(sweep(GAP)).splitlines()
    rows = [line.split() for line in lines if "/20" in line]
    assert [row[0] for row in rows] == ["3", "10", "30"]
    assert "1.00 [0.84, 1.00]" in drawn(sweep(GAP))
    assert "baseline" in heading(lines)


def test_what_is_ranked_by_has_its_column_even_where_it_is_narrow():
    assert "recall loss" in heading(drawn(sweep(GAP, UNITS, rank="recall_loss"), 60).splitlines())
    assert "best recall loss first (baseline 0.2800)" in drawn(sweep(GAP, rank="recall_loss"))


@pytest.mark.parametrize(("width", "words"), [(60, "recall loss 0.683"), (30, "recall loss 0.6")])
def test_why_a_trial_was_pruned_is_cut_to_the_page(width, words):
    reason = "recall loss 0.683 above the median after 20 % of the budget"
    pruned = trial(2, {"gap": 10}, "pruned", reason)
    found = SweepResult((GAP,), "tpe", "success_rate", 3, (*sweep(GAP).trials[:1], pruned))
    [line] = [line for line in drawn(found, width).splitlines() if line.split()[:2] == ["10", "pruned"]]
    assert words in line
    assert len(line) <= width
    assert line.endswith("…")


def test_baselines_that_differ_are_drawn_as_a_curve():
    found = sweep(GAP)
    other = [trial(9, {"gap": 50}, "complete", result=result(3, baseline=0.25))]
    found = SweepResult(found.axes, "grid", found.rank, 4, found.trials + tuple(other))
    assert "baseline of recall" in drawn(found)


def test_failures_are_told_in_full_and_missing_trials_counted():
    failed = trial(1, {"gap": 3}, "failed", "its worker died 3 times: " + "killed or out of memory, " * 6 + "or ended")
    text = drawn(SweepResult((GAP,), "grid", "success_rate", 3, (failed, trial(2, {"gap": 10}))))
    assert "0 of 3 trials complete, 1 failed, 2 missing" in text
    assert " ".join(text.split()).endswith("or ended")


def test_importances_are_bars():
    text = drawn(sweep(GAP, UNITS, importances={"units": 0.75, "gap": 0.25}))
    assert "What success rate depends on" in text
    assert " 75%" in text


def progress(ended=None, **how):
    known = {"complete": 1, "pruned": 0, "failed": 0, "running": (), "workers": 2, "best": None, "seconds_left": 60.0}
    return SweepProgress(total=3, rank="success_rate", ended=ended, **(known | how))


def follow(console, *states, quiet=False):
    with LiveSweep(console, quiet, clock=iter(range(0, 1000, 5)).__next__) as live:
        live.follow(states)


@pytest.mark.parametrize("quiet", [False, True])
def test_off_a_terminal_a_trial_that_ends_is_a_line(quiet):
    stream = io.StringIO()
    console = build_console(stream, "never", width=100, environment={})
    done = trial(1, {"gap": 3}, "complete", result=result(20))
    failed = trial(2, {"gap": 4}, "failed", "no luck")
    follow(console, progress(), progress(done), progress(failed, failed=1), quiet=quiet)
    text = stream.getvalue()
    if quiet:
        assert text == ""
    else:
        assert "gap 3: partly, 20 of 20 solved, 20 remember, 1 of 3 trials done, 1 min 00 s left\n" in text
        assert "failed: gap 4: no luck\n" in text


def test_on_a_terminal_the_bar_names_what_runs_and_the_best():
    best = trial(1, {"gap": 3}, "complete", result=result(20))
    live = LiveSweep(Console(file=io.StringIO()), quiet=True)
    live._progress = progress(best=best, running=tuple(Point(n, str(n), {"gap": n}) for n in range(1, 10)))
    console = build_console(io.StringIO(), "never", width=100, environment={})
    with console.capture() as captured:
        console.print(live)
    text = captured.get()
    assert "1 of 3 trials done · 9 running · 1 min 00 s left" in text
    assert "and 3 more" in text
    assert "best so far: gap 3 (success rate 1.000)" in text


def without_recall():
    counts = (20, None, 0, 0, 0, None, None, None, "nothing_to_remember")
    spread = Spread(1.0, 1.0, 1.0)
    spreads = {"recall_accuracy": None, "accuracy": spread, "recall_loss": None, "loss": spread}
    return RunSummary(*counts, Baseline(1.0, None, 0.0, None), spreads, None)


def test_a_trial_without_recall_has_dashes_and_comes_last():
    last = trial(1, {"gap": 1}, "complete", result=without_recall())
    found = sweep(GAP)
    text = drawn(SweepResult((GAP,), "grid", "success_rate", 4, (last, *found.trials)), 160)
    rows = [line for line in text.splitlines() if " ✓ " in line or " ◐ " in line or " ∅ " in line]
    assert rows[-1].split()[:7] == ["1", "∅", "nothing", "to", "remember", "-", "0"]
    assert rows[-1].split()[9:13] == ["-"] * 4


def test_the_counts_stand_in_the_table_and_chance_below_it():
    text = drawn(sweep(GAP), 120)
    assert heading(text.splitlines()).split()[:6] == ["gap", "verdict", "solved", "remember", "memoryless", "diverged"]
    assert "by chance, at most 0.003 of these 3 trials would be called 'remembers'" in text
    assert "◐ partly" in text


def test_memoryless_and_a_high_recall_never_stand_in_a_row_unmarked():
    counts = (1, 0, 0, 1, 0, 0.0, wilson_interval(0, 1), None, "memoryless")
    spread = Spread(1.0, 1.0, 1.0)
    spreads = {"recall_accuracy": spread, "accuracy": spread, "recall_loss": spread, "loss": spread}
    lucky = trial(1, {"gap": 3}, "complete", result=RunSummary(*counts, result(0).baseline, spreads, None))
    text = drawn(SweepResult((GAP,), "grid", "success_rate", 1, (lucky,)))
    assert "≈ 1.000" in text
    assert "≈ recall that was not counted as evidence of memory" in text


@pytest.mark.parametrize("width", [60, 80])
def test_what_rules_decided_for_all_trials_stands_under_the_counts(width):
    recipe = {"head": "softmax", "init": None, "loss_at": "recall", "alphabet_size": 12, "epochs": 2000}
    lines = drawn(sweep(GAP, decided=recipe), width).splitlines()
    told = " ".join(line.strip(" ·") for line in lines[2:6]).replace(" · ", " ")
    assert max(map(len, lines)) <= width
    assert told.startswith("fixed     lstm 20 1 replicate softmax head chrono start where a gate holds the state")
    assert "loss at recall steps only 12 symbols 2,000 epochs" in told


def test_the_header_names_what_all_trials_share_and_not_what_varies():
    base = {"fillers": "fresh", "replicates": 20, "gap": 7}
    [fixed] = [line for line in drawn(sweep(UNITS, base=base)).splitlines() if line.startswith(" fixed ")]
    assert fixed == " fixed     lstm · fillers fresh · gap 7 · 20 replicates"
    [fixed] = [line for line in drawn(sweep(CELL, base={})).splitlines() if line.startswith(" fixed ")]
    assert fixed == " fixed     20 units · 1 replicate"


@pytest.mark.parametrize(("encoding", "title"), [("utf-8", " gap ↓  units →"), ("ascii", " gap v  units >")])
def test_the_heat_map_says_which_axis_is_the_row_and_explains_no_shade_that_it_does_not_draw(encoding, title):
    text = drawn(sweep(GAP, UNITS), 80, encoding)
    assert title in text.splitlines()
    assert not {"░", "▓", ":", "#"} & set(text.partition(title)[2])


def test_a_sweep_leads_on_to_its_best_and_its_worst_trial_or_to_what_is_missing():
    done = sweep(GAP, path=PurePosixPath("runs/a map"))
    assert drawn(done).splitlines()[-4:] == [
        " the best trial:",
        "   seqmem show 'runs/a map/trials/1'",
        " the worst trial:",
        "   seqmem show 'runs/a map/trials/3'",
    ]
    part = dataclasses.replace(done, total=4)
    assert drawn(part).splitlines()[-1] == "   seqmem sweep --resume 'runs/a map'"
    assert "seqmem" not in drawn(sweep(GAP))
