"""One measure of a sweep over two axes, as colours and figures."""

from __future__ import annotations

from seqmem.backend.extras import altair as alt
from seqmem.config.axis import shown_value
from seqmem.config.rank import SHARES, measure_of
from seqmem.pictures.look import HEAT, Look
from seqmem.pictures.parts import NUMBER, Chart, Row, chart_of, tips, titled
from seqmem.results.sweep import SweepResult
from seqmem.terminal.wording import shown_amount, shown_score

CELL, LOWEST = 44, 14  # height of a cell in pixels, and the least
HIGHEST = 560  # height of the map in pixels above which its cells get lower
WIDEST = 110  # width of a cell in pixels
MOST_WORDED = 12  # columns up to which figures fit


def draw_heat_map(sweep: SweepResult, look: Look) -> Chart:
    """Draws the measure that a sweep over two axes is ranked by; cells without a result are empty."""
    down, across = sweep.varied_axes
    name = measure_of(sweep.rank)
    rows: list[Row] = []
    for trial in sweep.trials:
        value = trial.measure(name)
        if trial.result is not None:
            place = {"row": shown_value(trial.values[down.name]), "column": shown_value(trial.values[across.name])}
            shown = "none" if value is None else shown_amount(value) if value > 10 else shown_score(value, 2)
            rows.append(place | {"value": value, "shown": shown, "solved": f"{trial.result.solved}"})
    values = [row["value"] for row in rows if row["value"] is not None]
    # shares use the whole scale, so that sweeps can be compared
    low, high = (0.0, 1.0) if name in SHARES or not values else (min(values), max(values))
    for row in rows:
        # viridis is dark below its middle
        dark = row["value"] is not None and row["value"] < low + 0.6 * (high - low)
        row["ink"] = look.muted if row["value"] is None else "#ffffff" if dark else "#111111"
    label = name.replace("_", " ")
    columns, lines = ([shown_value(value) for value in axis.values] for axis in (across, down))
    base = chart_of(rows).encode(
        x=alt.X("column:N", sort=columns, title=across.name.replace("_", " "), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("row:N", sort=lines, title=down.name.replace("_", " ")),
    )
    scale = alt.Scale(scheme=HEAT, domain=[low, high])
    cell = max(LOWEST, min(CELL, HIGHEST // len(lines)))
    length = min(200, max(60, cell * len(lines) - 30))
    legend = alt.Legend(title=label, orient="right", gradientLength=length, labelExpr=NUMBER)
    pointer = tips(look, **{down.name: "row:N", across.name: "column:N", label: "value:Q", "solved": "solved:N"})
    cells = base.mark_rect(stroke=look.paper, strokeWidth=2).encode(
        color=alt.Color("value:Q", scale=scale, legend=legend), tooltip=pointer
    )
    layers = [cells]
    if len(columns) <= MOST_WORDED:
        layers.append(base.mark_text(fontSize=12).encode(text="shown:N", color=alt.Color("ink:N", scale=None)))
    done = sum(trial.result is not None for trial in sweep.trials)
    words = (
        f"A cell is a trial, {done} of {sweep.total} complete; brighter is {'more' if name in SHARES else 'larger'}."
    )
    if name == "presentations_to_success" and len(values) < len(rows):
        words += " None: more than half of the replicates were not solved."
    title = f"{label[0].upper()}{label[1:]} over {down.name} and {across.name}".replace("_", " ")
    chart = titled(alt.layer(*layers).resolve_scale(color="independent"), look, title, words)
    return chart.properties(width=min(look.width, WIDEST * len(columns)), height=cell * len(lines))
