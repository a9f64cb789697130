"""The loss over presentations, beside the baseline."""

from __future__ import annotations

from collections import Counter

from seqmem.backend.extras import altair as alt
from seqmem.pictures.look import Look
from seqmem.pictures.parts import Chart, chart_of, count_x, level, number_y, tips, titled
from seqmem.results.findings import QUARTILES_FROM, loss_spreads, loss_unit, thinned
from seqmem.results.run import RunResult
from seqmem.terminal.counts import plural, shown_count
from seqmem.terminal.wording import shown_score


def draw_loss(result: RunResult, look: Look) -> Chart:
    """Draws the learning curve of a run that has a history."""
    records = thinned(result.history)
    recall, spreads = loss_spreads(records)
    baseline = result.baseline.recall_loss if recall else result.baseline.loss
    rows = [
        {"x": record.presentations} | (vars(spread) if spread else {})
        for record, spread in zip(records, spreads, strict=True)
    ]
    values = [value for spread in spreads if spread for value in vars(spread).values()] + [baseline or 1.0]
    words = f"{'recall ' if recall else ''}loss, {loss_unit(result.config)}"
    x, y = count_x(records[-1].presentations, "presentations"), number_y(values, words, "median")
    base = chart_of(rows).encode(x=x)
    layers = []
    if len(result.replicates) > 1:
        band = base.mark_area(color=look.series[0], opacity=0.22)
        layers.append(band.encode(y=number_y(values, words, "low"), y2="high:Q"))
    layers.append(base.mark_line(color=look.series[0], strokeWidth=2.5).encode(y=y))
    if baseline:
        layers.append(level(baseline, f"baseline {shown_score(baseline)}", look, number_y(values, words)))
    if look.tips:
        pointer = tips(look, presentations="x:Q", median="median:Q", low="low:Q", high="high:Q")
        # a line is too thin to be pointed at: points that are not seen take the pointer
        layers.append(base.mark_point(opacity=0, size=60).encode(y=y, tooltip=pointer))
    if solved := Counter(replicate.presentations_to_success for replicate in result.replicates if replicate.solved):
        marks = chart_of([{"x": at, "count": count} for at, count in solved.items() if at is not None])
        ticks = marks.mark_tick(color=look.series[2], thickness=2.5, size=12, orient="vertical")
        pointer = tips(look, solved_at="x:Q", replicates="count:Q")
        layers.append(ticks.encode(x=x, y=alt.value(look.height - 6), tooltip=pointer))
    title = "Recall loss over presentations" if recall else "Loss over presentations"
    return titled(alt.layer(*layers), look, title, _words(result, baseline))


def _words(result: RunResult, baseline: float | None) -> str:
    summary = result.summary
    words = ["Line: the one replicate"]
    if summary.replicates > 1:
        band = "the middle half" if summary.replicates >= QUARTILES_FROM else "lowest to highest"
        words = [f"Line: median of {plural(summary.replicates, 'replicate')}; band: {band}"]
    if baseline:
        words.append("dashed: the baseline, which no network without memory goes below")
    if summary.diverged:
        words.append(f"{shown_count(summary.diverged)} diverged, and from then on are left out")
    if summary.solved:
        several = f"ticks: when {shown_count(summary.solved)} of {shown_count(summary.replicates)} were solved"
        words.append(f"green {several if summary.replicates > 1 else 'tick: when it was solved'}")
    return "; ".join(words) + "."
