"""Recall over gaps, trained or not, with the baseline."""

from __future__ import annotations

import functools
import statistics

from seqmem.backend.extras import altair as alt
from seqmem.pictures.look import Look
from seqmem.pictures.parts import Chart, Row, chart_of, number_x, share_y, tips, titled
from seqmem.pictures.series import series_layers
from seqmem.results.evaluation import EvalResult


def draw_gaps(result: EvalResult, look: Look) -> Chart:
    """Draws recall over the gaps of an evaluation: the median and the range of the replicates."""
    rows: list[Row] = []
    for gap in result.gaps:
        for name, values in (("recall accuracy", gap.recall_accuracy), ("among the cues", gap.cue_accuracy)):
            spread = {"y": statistics.median(values), "low": min(values), "high": max(values)}
            remember = f"{sum(gap.remembers)} of {len(gap.remembers)}"
            rows.append({"x": gap.gap, "series": name, "remember": remember} | spread)
    gaps = [gap.gap for gap in result.gaps]
    x, y = number_x(gaps, "gap (fillers between cue and recall)"), functools.partial(share_y, "share of recalls right")
    pointer = tips(look, gap="x:Q", series="series:N", median="y:Q", low="low:Q", high="high:Q", remember="remember:N")
    # a curve instead of a level line: each gap has its own baseline
    baseline = chart_of([{"x": gap.gap, "y": gap.baseline} for gap in result.gaps]).encode(x=x, y=y())
    layers = [baseline.mark_line(color=look.baseline, strokeDash=[6, 4]), *series_layers(rows, look, x, y, pointer)]
    trained = [str(gap.gap) for gap in result.gaps if gap.trained]
    count = len(result.run.replicates)
    words = f"Medians of {count} replicates, bars from lowest to highest" if count > 1 else "One replicate"
    words += "; dashed grey: the baseline, the best without memory"
    words += f"; trained on {', '.join(trained)}" if trained else "; trained on none of these"
    return titled(alt.layer(*layers), look, "Recall against the gap", words + ".")
