"""The curves of a sweep over one axis or two."""

from __future__ import annotations

from typing import Any

from seqmem.backend.extras import altair as alt
from seqmem.config.axis import Axis, shown_value
from seqmem.config.rank import SHARES, measure_of
from seqmem.pictures.look import Look
from seqmem.pictures.parts import Chart, Row, chart_of, level, number_x, number_y, share_y, tips, titled
from seqmem.pictures.series import series_layers
from seqmem.results.summary import RunSummary
from seqmem.results.sweep import SweepResult, Trial
from seqmem.terminal.wording import shown_score

MOST_SERIES = 6


def draw_sweep_curve(sweep: SweepResult, look: Look) -> Chart:
    """Draws success rate and recall accuracy over one axis, or the measure of the rank over two."""
    axes = sweep.varied_axes
    done = [trial for trial in sweep.trials if trial.result is not None]
    # the x axis: one that leaves few curves, then one of numbers, then a continuous one, then the longest
    along = max(axes, key=lambda axis: (_few(_others(axes, axis)), _numeric(axis), axis.continuous, len(axis.values)))
    others = _others(axes, along)
    measures = [measure_of(sweep.rank)] if others else [name for name in SHARES if _known(name, done)][:2]
    rows = [_row(trial, along, others, name) for name in measures for trial in done]
    rows = [row for row in rows if row["y"] is not None]
    title = " and ".join(_words(name) for name in measures)
    shares = all(name in SHARES for name in measures)
    values = [row[name] for row in rows for name in ("y", "low", "high")]

    def y(field: str = "y") -> Any:
        return share_y(title, field) if shares else number_y(values, title, field)

    x = _x(along, rows)
    legend = _words(others[0].name) if others else None
    pointer = tips(look, trial="trial:N", series="series:N", value="y:Q", low="low:Q", high="high:Q", solved="solved:N")
    ordered = _numeric(along)
    # a line through values drawn by a search would suggest an order
    joined = ordered and not along.continuous
    layers = series_layers(rows, look, x, y, pointer, title=legend, joined=joined, ordered=ordered)
    baseline = _baseline(measures, along, done)
    heights = {row["y"] for row in baseline}
    # one baseline is a level line; if it differs between places, each has its own mark
    if len(heights) == 1:
        height = heights.pop()
        layers.append(level(height, f"baseline of recall {shown_score(height)}", look, y()))
    elif baseline:
        line = chart_of(baseline).encode(x=x, y=y())
        layers.append(line.mark_tick(color=look.baseline, thickness=1.5, orient="horizontal", bandSize=40))
    heading = f"{title[0].upper()}{title[1:]} over {_words(along.name)}" + "".join(
        f", by {_words(axis.name)}" for axis in others
    )
    return titled(alt.layer(*layers), look, heading, _explained(measures, bool(baseline)))


def _others(axes: list[Axis], along: Axis) -> list[Axis]:
    return [axis for axis in axes if axis is not along]


def _few(axes: list[Axis]) -> bool:
    return all(not axis.continuous and len(axis.values) <= MOST_SERIES for axis in axes)


def has_curve(sweep: SweepResult) -> bool:
    """Tells whether a sweep has one axis, or two of which one gives few curves."""
    axes = sweep.varied_axes
    return len(axes) == 1 or (len(axes) == 2 and any(_few(_others(axes, axis)) for axis in axes))


def _explained(measures: list[str], baseline: bool) -> str:
    if measures == ["presentations_to_success"]:
        return "Each point is a trial: the median over its replicates; none where more than half were not solved."
    spreads = {"success_rate": "the 95 % interval of the success rate"}
    bars = [spreads.get(name, f"the range of {_words(name)} over the replicates") for name in measures]
    medians = "" if measures == ["success_rate"] else ", scores being medians over its replicates"
    words = f"Each point is a trial{medians}; bars: {' and '.join(bars)}"
    return words + ("; grey: the baseline, the recall accuracy that needs no memory." if baseline else ".")


def _row(trial: Trial, along: Axis, others: list[Axis], name: str) -> Row:
    summary = trial.result
    assert summary is not None
    low, high = _bounds(summary, name)
    value = trial.measure(name)
    ends = (value if low is None else low, value if high is None else high)
    series = shown_value(trial.values[others[0].name]) if others else _words(name)
    row = {"x": _place(trial, along), "y": value, "low": ends[0], "high": ends[1], "series": series}
    return row | {"trial": trial.name, "solved": f"{summary.solved} of {summary.replicates}"}


def _bounds(summary: RunSummary, name: str) -> tuple[float | None, float | None]:
    if name == "success_rate":
        return summary.interval or (None, None)
    if name == "presentations_to_success":
        # this median also counts unsolved replicates, so it has no range
        return None, None
    spread = summary.spreads[name]
    return (spread.low, spread.high) if spread else (None, None)


def _baseline(measures: list[str], along: Axis, done: list[Trial]) -> list[Row]:
    """The baseline of recall at each place of the axis; empty if recall is not drawn, or a place has several."""
    if "recall_accuracy" not in measures:
        return []
    levels = {(_place(trial, along), trial.result.baseline.recall_accuracy) for trial in done if trial.result}
    rows: list[Row] = [{"x": x, "y": y} for x, y in levels if y is not None]
    return sorted(rows, key=lambda row: row["x"]) if len({row["x"] for row in rows}) == len(rows) else []


def _known(name: str, done: list[Trial]) -> bool:
    return any(trial.measure(name) is not None for trial in done)


def _numeric(axis: Axis) -> bool:
    return axis.continuous or all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in axis.values
    )


def _place(trial: Trial, along: Axis) -> Any:
    value = trial.values[along.name]
    return value if _numeric(along) else shown_value(value)


def _x(along: Axis, rows: list[Row]) -> Any:
    if _numeric(along):
        return number_x([row["x"] for row in rows], _words(along.name), listed=not along.continuous)
    order = [shown_value(value) for value in along.values]
    return alt.X("x:N", title=_words(along.name), sort=order, axis=alt.Axis(labelAngle=0, labelLimit=140))


def _words(name: str) -> str:
    return name.replace("_", " ")
