"""The charts by name, and the charts of a result."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeGuard

from seqmem.errors import UsageError, did_you_mean
from seqmem.pictures.gaps import draw_gaps
from seqmem.pictures.heat_map import draw_heat_map
from seqmem.pictures.look import Look
from seqmem.pictures.loss import draw_loss
from seqmem.pictures.parts import Chart
from seqmem.pictures.states import draw_states
from seqmem.pictures.success import draw_success
from seqmem.pictures.sweep_curve import draw_sweep_curve, has_curve
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult

Result = RunResult | EvalResult | SweepResult


@dataclasses.dataclass(frozen=True)
class ChartKind:
    """A kind of chart: the results that have it in words and as a test, and the function that draws it."""

    needs: str
    fits: Callable[[Result], bool]
    draw: Callable[..., Chart]


def _finished(result: Result) -> TypeGuard[SweepResult]:
    """Tells whether a result is a sweep with a complete trial."""
    return isinstance(result, SweepResult) and any(trial.result for trial in result.trials)


def _has_success(result: Result) -> bool:
    if isinstance(result, RunResult):
        return result.summary.success_rate is not None
    return _finished(result) and any(trial.result.solved is not None for trial in result.trials if trial.result)


def _has_states(result: Result) -> bool:
    return isinstance(result, EvalResult) and result.states is not None


def _has_curve(result: Result) -> bool:
    return _finished(result) and has_curve(result)


def _has_map(result: Result) -> bool:
    axes = result.varied_axes if _finished(result) else []
    return len(axes) == 2 and not any(axis.continuous for axis in axes)


# By their names in `--chart`; by default the first that fits is drawn.
CHARTS = {
    "loss": ChartKind(
        "a run with checks", lambda result: isinstance(result, RunResult) and bool(result.history), draw_loss
    ),
    "gaps": ChartKind(
        "an evaluation with --gaps", lambda result: isinstance(result, EvalResult) and bool(result.gaps), draw_gaps
    ),
    "states": ChartKind("an evaluation with --states", _has_states, draw_states),
    "map": ChartKind("a sweep over two axes of listed values", _has_map, draw_heat_map),
    "curve": ChartKind("a sweep over one axis, or two of which one has few values", _has_curve, draw_sweep_curve),
    "success": ChartKind("a run or sweep with something to remember", _has_success, draw_success),
}


def charts_of(result: Result) -> list[str]:
    """Returns the names of the charts that a result has."""
    return [name for name, kind in CHARTS.items() if kind.fits(result)]


def draw_chart(result: Result, name: str | None, look: Look) -> Chart:
    """Draws a chart of a result, by default the first; UsageError if the result has no such chart."""
    fitting = charts_of(result)
    if name is None:
        if not fitting:
            raise UsageError("there is no chart of this: it has no history, no gaps and no axis")
        name = fitting[0]
    if name not in CHARTS:
        line = f"--chart {name}: must be one of {', '.join(CHARTS)}{did_you_mean(name, CHARTS)}"
        raise UsageError(line, "chart", name)
    if name not in fitting:
        has = f"this one has {', '.join(fitting)}" if fitting else "this one has none"
        raise UsageError(f"--chart {name}: needs {CHARTS[name].needs}; {has}", "chart", name)
    return CHARTS[name].draw(result, look)
