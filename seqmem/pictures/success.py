"""Presentations to success, and replicates without success."""

from __future__ import annotations

from seqmem.backend.extras import altair as alt
from seqmem.config.axis import shown_values
from seqmem.pictures.look import Look
from seqmem.pictures.parts import Chart, Row, chart_of, count_x, number_x, share_y, tips, titled
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult, ranked
from seqmem.terminal.counts import plural, shown_count

MOST_TRIALS = 30
SPACE = 22  # pixels a trial
BESIDE = 10  # pixels from the plot to the success rate


def draw_success(result: RunResult | SweepResult, look: Look) -> Chart:
    """Draws when the replicates of a run were solved, or those of each trial of a sweep."""
    return _run(result, look) if isinstance(result, RunResult) else _sweep(result, look)


def _run(result: RunResult, look: Look) -> Chart:
    """The share solved as a step curve; replicates without success are counted in words."""
    summary, count = result.summary, len(result.replicates)
    ends = sorted(
        replicate.presentations_to_success
        for replicate in result.replicates
        if replicate.presentations_to_success is not None
    )
    last = max(replicate.presentations for replicate in result.replicates)
    steps = [{"x": at, "y": number / count} for number, at in enumerate(ends, 1)]
    rate = len(ends) / count
    solved = "share of replicates solved"
    x, y = count_x(last, "presentations"), share_y(solved)
    # extended to the end of training, where the rate is marked
    curve = chart_of([{"x": 0, "y": 0.0}, *steps, {"x": last, "y": rate}]).encode(x=x, y=y)
    layers = [curve.mark_line(interpolate="step-after", color=look.series[0], strokeWidth=2.5)]
    if look.tips and steps:
        # a line is too thin to be pointed at: points that are not seen take the pointer
        pointer = tips(look, presentations="x:Q", share_solved="y:Q")
        layers.append(chart_of(steps).mark_point(opacity=0, size=60).encode(x=x, y=y, tooltip=pointer))
    if summary.interval:
        low, high = summary.interval
        # beside the plot, where no step of the curve hides it
        rates = chart_of([{"y": rate, "low": low, "high": high}]).encode(x=alt.value(look.width + BESIDE))
        pointer = tips(look, success_rate="y:Q", low="low:Q", high="high:Q")
        bar = rates.mark_rule(color=look.series[0], strokeWidth=5, opacity=0.35)
        layers.append(bar.encode(y=share_y(solved, "low"), y2="high:Q", tooltip=pointer))
        point = rates.mark_point(color=look.series[0], filled=True, size=80, opacity=1)
        layers.append(point.encode(y=y, tooltip=pointer))
    words = [f"{len(ends)} of {plural(count, 'replicate')} solved", "at the right: the success rate, 95 % interval"]
    never = count - len(ends) - summary.diverged
    if never:
        words.append(f"{shown_count(never)} not solved within {plural(last, 'presentation')} (open circle)")
    if summary.diverged:
        words.append(f"{shown_count(summary.diverged)} diverged")
    if never or summary.diverged:
        circle = chart_of([{"x": last, "y": rate}]).mark_point(color=look.bad, size=90, strokeWidth=2, filled=False)
        layers.append(circle.encode(x=x, y=y))
    return titled(alt.layer(*layers), look, "Presentations to success", "; ".join(words) + ".")


def _sweep(sweep: SweepResult, look: Look) -> Chart:
    """Median and range over the solved replicates of each trial; a triangle if none is solved."""
    done = [trial for trial in ranked(sweep.trials, sweep.rank) if trial.result][:MOST_TRIALS]
    rows: list[Row] = []
    for trial in done:
        summary = trial.result
        assert summary is not None
        spread = summary.presentations_to_success
        name = shown_values(trial.values)
        row = {"trial": name, "solved": f"{summary.solved} of {summary.replicates}"}
        rows.append(row | ({"x": spread["median"], "low": spread["min"], "high": spread["max"]} if spread else {}))
    # an axis needs a number even if no trial was solved
    values = [row[name] for row in rows for name in ("low", "high") if name in row] or [1]
    words = "presentations to success"
    names = [row["trial"] for row in rows]
    y = alt.Y("trial:N", title=None, sort=names, axis=alt.Axis(labelLimit=260, grid=True, ticks=False))
    solved, never = ([row for row in rows if ("x" in row) is wanted] for wanted in (True, False))
    pointer = tips(look, trial="trial:N", solved="solved:N", median="x:Q", low="low:Q", high="high:Q")
    base = chart_of(solved).encode(y=y, tooltip=pointer)
    bars = base.mark_rule(color=look.series[0], strokeWidth=2.5, opacity=0.5)
    points = base.mark_point(color=look.series[0], filled=True, size=80, opacity=1)
    layers = [
        bars.encode(x=number_x(values, words, "low", listed=False), x2="high:Q"),
        points.encode(x=number_x(values, words, listed=False)),
    ]
    if never:
        base = chart_of(never).encode(y=y, x=alt.value(look.width + 12))
        layers.append(base.mark_point(shape="triangle-right", color=look.bad, size=80, strokeWidth=2))
    right = chart_of(rows).mark_text(align="left", dx=26, color=look.muted, fontSize=12)
    layers.append(right.encode(y=y, x=alt.value(look.width), text="solved:N"))
    words = "Point: median; line: range; at the right: how many replicates were solved"
    words += "; open triangle: none within the budget" if never else ""
    left = sum(trial.result is not None for trial in sweep.trials) - len(done)
    words += f"; and {plural(left, 'trial')} more, not drawn" if left else ""
    chart = titled(alt.layer(*layers), look, "Presentations to success", words + ".")
    return chart.properties(height=max(60, SPACE * len(rows)))
