"""seqmem in Python: runs, sweeps and stored results."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.backend.extras import DataFrame, pandas
from seqmem.backend.lazy import KerasModel
from seqmem.cells import UserCell
from seqmem.commands.export import stored_model
from seqmem.config.axis import Axis, parse_axis, read_axis
from seqmem.config.plan import build_plan
from seqmem.config.run_config import RunConfig
from seqmem.config.sources import files_of
from seqmem.errors import SettingError, UsageError
from seqmem.experiment import evaluate as experiment
from seqmem.experiment import run as training
from seqmem.experiment.evaluate_model import evaluate_model as evaluate_model
from seqmem.experiment.memory import check_memory
from seqmem.export.tables import history_table, prediction_table, table_of
from seqmem.pictures.chart import draw_chart
from seqmem.pictures.look import THEMES
from seqmem.pictures.parts import Chart
from seqmem.results.drawing import Drawn, charting, modelling, tabulating
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult
from seqmem.results.task import TaskResult
from seqmem.settings import settings_of
from seqmem.storage.load import read_stored
from seqmem.storage.run_directory import create_run_directory
from seqmem.storage.sweep_directory import create_sweep_directory
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import open_engine
from seqmem.sweep.search import random_points
from seqmem.tasks.task import Task

PathLike = str | os.PathLike[str]


def run(task: Task | RunConfig, *, out: PathLike | None = None, threads: int = 1, **settings: Any) -> RunResult:
    """Trains and judges networks on a task.

    Args:
        task: The task, or all settings of a run.
        out: A new run directory; None stores nothing.
        threads: Threads per operation.
        settings: Any setting by name, such as `units=40` or `replicates=20`.

    Raises:
        SettingError: If a value is not allowed, or settings contradict each other.
        UsageError: If `out` exists, or the run would take more memory than there is.
    """
    config = _config(task, settings)
    check_memory(config)
    directory = None if out is None else create_run_directory(config, Path(out))
    result = training.run(config, directory, threads)
    return result if directory is None else dataclasses.replace(result, path=directory.path)


def load(path: PathLike) -> RunResult | SweepResult | EvalResult:
    """Returns the result of a stored run, sweep or evaluation.

    Raises:
        SeqmemError: If there is none at the path, it is damaged, or a run has no result yet.
    """
    return read_stored(Path(path)).result


def evaluate(path: PathLike, *, gaps: Sequence[int] = (), **asked: Any) -> EvalResult:
    """Judges a stored run again, and writes nothing.

    Args:
        path: The run directory.
        gaps: Gaps to judge recall over, trained or not.
        asked: Other arguments of `seqmem.experiment.evaluate.evaluate`, such as `fillers="fresh"`.
    """
    return experiment.evaluate(Path(path), gaps=gaps, **asked)


def sweep(
    task: Task | RunConfig,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    out: PathLike | None = None,
    jobs: int | None = None,
    search: str = "grid",
    trials: int | None = None,
    rank: str = "success_rate",
    **settings: Any,
) -> SweepResult:
    """Runs many trials over axes of settings.

    Args:
        task: The task, or all settings of a run.
        vary: The values of each axis: a list, or text as on the command line (`"8..64*2"`).
        out: A new sweep directory; None makes one in `runs`.
        jobs: Number of worker processes; None runs the trials in this one.
        search: `grid`, `random` or `tpe`.
        trials: Number of trials of a search.
        rank: The column to sort by; a search optimises it.
        settings: Any setting of all trials by name.
    """
    axes = [_axis(name, values) for name, values in vary.items()]
    plan = build_plan(
        _given(task, settings, vary),
        axes,
        search=search,
        count=trials,
        rank=rank,
        draw=random_points,
        files=files_of(axes),
    )
    with open_engine(jobs, None, None, 1, ()) as engine:
        directory = create_sweep_directory(plan, None if out is None else Path(out))
        try:
            whole = Sweep(directory, engine)
            for _ in whole:
                pass
        finally:
            directory.close()
    return whole.result


def describe(task: Task | RunConfig) -> TaskResult:
    """Returns the drawing of `seqmem task`: sequences, conflict and baselines; print it, or show it in a notebook."""
    return TaskResult(_config(task, {}))


def _chart(result: RunResult | SweepResult | EvalResult, chart: str | None, theme: str) -> Chart:
    if theme not in THEMES:
        raise SettingError("theme", theme, f"must be one of {', '.join(THEMES)}")
    return draw_chart(result, chart, THEMES[theme])


def _frame(result: RunResult | SweepResult | EvalResult, rows: str) -> DataFrame:
    # functions, because a history may have a million rows
    tables = {"results": lambda: table_of(result)}
    if isinstance(result, RunResult):
        tables["history"] = lambda: history_table(result.history, result.config.seeds)
        tables["predictions"] = lambda: prediction_table(result)
    if rows not in tables:
        raise SettingError("rows", rows, f"must be one of {', '.join(tables)}")
    return pandas.DataFrame(tables[rows]())


def _model(result: RunResult, replicate: int | str, stateful: bool) -> KerasModel:
    if result.path is None:
        raise UsageError("keras_model: the weights of this run were not stored: give run() a directory with out=")
    cell = result.config.cell
    # a cell that ran in this session has permission; a loaded run has none
    trusted = (cell.name,) if isinstance(cell, UserCell) and cell.trusted else ()
    return stored_model(Path(result.path), str(replicate), stateful, trusted)


# registered here, because `results` cannot import the folders that draw
charting.register(Drawn, _chart)
tabulating.register(Drawn, _frame)
modelling.register(RunResult, _model)


def _config(task: Task | RunConfig, settings: Mapping[str, Any]) -> RunConfig:
    if isinstance(task, RunConfig):
        return dataclasses.replace(task, **settings)
    return RunConfig(task=task, **settings)


def _given(task: Task | RunConfig, settings: Mapping[str, Any], vary: Mapping[str, Any]) -> dict[str, Any]:
    """The given settings without those that vary; rules decide the others for all trials together."""
    config = _config(task, settings)
    # of a config all settings count as given, of a task those that no rule decided
    own = set(config.to_settings())
    if not isinstance(task, RunConfig):
        own = {"task", *(field.name for field in settings_of(type(task)))} - config.decided_by_rule
    wanted = (own | set(settings)) - set(vary)
    return {name: value for name, value in config.to_settings().items() if name in wanted}


def _axis(name: str, values: str | Sequence[Any]) -> Axis:
    return parse_axis(f"{name}={values}") if isinstance(values, str) else read_axis(name, list(values))
