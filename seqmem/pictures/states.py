"""The states of units over time, in two sequences with different cues."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seqmem.backend.extras import altair as alt
from seqmem.pictures.look import SIGNED_HEAT, Look
from seqmem.pictures.parts import Chart, Row, chart_of, tips, titled
from seqmem.results.evaluation import EvalResult
from seqmem.results.states import StatesResult, UnitResult, evenly_picked
from seqmem.terminal.counts import plural

MOST_UNITS = 16
MOST_STEPS = 48  # of more each would be a hair
CELL = 20  # height of a unit in pixels
BESIDE = 90  # pixels beside the three maps


def draw_states(result: EvalResult, look: Look) -> Chart:
    """Draws the states of an evaluation: units as rows, steps as columns, for two sequences and their difference."""
    states = result.states
    assert states is not None
    # at least all carriers
    units = states.units[: max(MOST_UNITS, len(states.kept_by))]
    picked = evenly_picked(len(states.steps), MOST_STEPS)
    rows = [row for unit in units for row in _rows(states, unit, picked)]
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    names = [_name(states, unit) for unit in units]
    legend = alt.Legend(title="share of the unit's largest state", titleLimit=0, orient="bottom", gradientLength=160)
    colour = alt.Color("share:Q", legend=legend, scale=alt.Scale(scheme=SIGNED_HEAT, domain=[-1, 1], clamp=True))
    pointer = tips(look, unit="unit:N", step="step:O", symbol="symbol:N", state="value:Q")
    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False)
    cells = chart_of(rows).mark_rect(stroke=look.paper, strokeWidth=0.5)
    chart = cells.encode(
        x=alt.X("step:O", title="step", axis=axis),
        y=alt.Y("unit:N", sort=names, title="unit", axis=alt.Axis(ticks=False, domain=False, grid=False)),
        color=colour,
        column=alt.Column("panel:N", sort=panels, title=None, header=alt.Header(labelColor=look.ink, labelFontSize=12)),
        tooltip=pointer,
    )
    words = f"Replicate {states.replicate}: what its units hold after each step of two sequences"
    words += f"; {len(picked)} of {plural(states.time, 'step')} are drawn" if len(picked) < states.time else ""
    words += f"; * marks the {len(states.kept_by)} that carry the cue" if states.kept_by else ""
    chart = titled(chart, look, "Where the cue is kept", words + ".")
    return chart.properties(width=(look.width - BESIDE) // 3, height=CELL * len(units))


def _rows(states: StatesResult, unit: UnitResult, picked: Sequence[int]) -> list[Row]:
    """A cell per picked step in each sequence and in their difference, as a share of the unit's largest state."""
    first, second = unit.memory.values
    # of both sequences, so that their colours can be compared; 1 for a unit that is always 0
    most = max((abs(value) for value in (*first, *second) if math.isfinite(value)), default=0.0) or 1.0
    differences = tuple(later - earlier for earlier, later in zip(first, second, strict=True))
    panels = [(f"cue {shown.cue}", shown.inputs) for shown in states.shown]
    panels.append(("difference", ("",) * len(differences)))
    name = _name(states, unit)
    return [
        {"panel": panel, "unit": name, "step": step, "symbol": str(symbol), "value": value, "share": value / most}
        for (panel, symbols), values in zip(panels, (first, second, differences), strict=True)
        for step, symbol, value in ((states.steps[at], symbols[at], values[at]) for at in picked)
    ]


def _name(states: StatesResult, unit: UnitResult) -> str:
    return f"{unit.name} *" if unit.name in states.kept_by else unit.name
