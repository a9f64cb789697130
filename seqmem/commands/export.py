"""`seqmem export`: a stored result in another format."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.backend.lazy import KerasModel
from seqmem.cells.cell import Cell
from seqmem.commands.train import trusted_cell
from seqmem.errors import SettingError, UsageError, did_you_mean
from seqmem.experiment.trained import read_trained
from seqmem.export.pages import html_text, svg_text
from seqmem.export.tables import csv_text, history_table, parquet_bytes, prediction_table, shown_or_plain, table_of
from seqmem.interchange.keras_model import build_keras_model, custom_class, keras_file
from seqmem.interchange.tensorboard import write_events
from seqmem.pictures.chart import CHARTS
from seqmem.pictures.files import PICTURES, chart_content
from seqmem.pictures.look import THEMES
from seqmem.pictures.report import report_page
from seqmem.render.report import evaluation_report, run_report
from seqmem.render.sweep_report import sweep_report
from seqmem.results.evaluation import EvalResult
from seqmem.results.json import json_text
from seqmem.results.sweep import SweepResult
from seqmem.storage.atomic import new_file, new_folder, refuse_existing
from seqmem.storage.load import Stored, read_stored
from seqmem.storage.run_directory import ENVIRONMENT, read_notes, read_run
from seqmem.storage.sweep_directory import TRIALS, is_sweep, read_plan, read_sweep
from seqmem.terminal.output import Output

FOLDER_FORMAT = "tensorboard"
REPORT, TERMINAL = "report", "terminal"


def export(
    path: Path,
    to: Path,
    output: Output,
    *,
    format: str | None = None,
    chart: str | None = None,
    theme: str = "light",
    rows: str = "results",
    replicate: str = "best",
    stateful: bool = True,
    cell: Cell | None = None,
) -> None:
    """Writes a stored result to a new file, or for TensorBoard to a new folder.

    Args:
        path: A run or sweep directory, or the file of an evaluation.
        to: The new file.
        output: The output options.
        format: One of `FORMATS`; None for the ending of the name.
        chart: One of `CHARTS`, `report` or `terminal`; None for the report in a page, else for the first chart.
        theme: Theme of a chart: `light` or `dark`.
        rows: The rows of a table: `results`, `history` or `predictions`.
        replicate: The replicate of a Keras model: `best`, `worst` or a number.
        stateful: Whether a Keras model keeps its state between calls.
        cell: As for `trusted_cell`.

    Raises:
        UsageError: If the format is not known, the result has no such chart, or the file exists.
    """
    chosen = format or to.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        option = f"--format {format}" if format else f"--to {to}"
        ends = ", ".join(f".{name}" for name in FORMATS if name != FOLDER_FORMAT)
        raise UsageError(f"{option}: must end in {ends}, or be a folder with --format {FOLDER_FORMAT}", "to", str(to))
    _check_chart(to, chosen, chart)
    if rows != "results" and chosen not in TABLES:
        raise UsageError(f"--rows {rows}: goes with .csv and .parquet, not with {chosen}", "rows", rows)
    # before anything is read or built: a model takes seconds
    refuse_existing(to)
    if chosen == FOLDER_FORMAT:
        return output.note(_write_events(path, to))
    if chosen == "keras":
        content = _keras(path, replicate, stateful, cell)
    elif chosen in TABLES:
        content = TABLES[chosen](_rows(path, rows))
    elif chart == TERMINAL:
        content = SCREENS[chosen](read_stored(path).result, path.resolve().name).encode()
    # a page is a report unless a chart is named; a picture is the first chart that there is
    elif chart == REPORT or (chosen == "html" and chart is None):
        content = _report(read_stored(path), path.resolve().name).encode()
    elif chosen in PICTURES:
        content = chart_content(read_stored(path).result, chosen, chart, THEMES[theme])
    else:
        content = json_text(read_stored(path).result.to_json()).encode()
    with new_file(to) as stream:
        stream.write(content)
    output.note(f"Wrote {to}")
    if chosen == "keras":
        _say_how_to_load(path, to, output)


def _say_how_to_load(path: Path, to: Path, output: Output) -> None:
    """Names the class that Keras needs for a model of a cell that it does not have."""
    if needed := custom_class(read_run(path).config.cell):
        module, name = needed.split(":")
        loading = f'from {module} import {name}; load_model("{to}", custom_objects={{"{name}": {name}}})'
        output.note(f"Keras has no such cell; load the model with: {loading}")


def _write_events(path: Path, to: Path) -> str:
    """Writes a new folder for TensorBoard; returns a note with the command to view it."""
    result = read_stored(path).result
    if isinstance(result, EvalResult):
        raise UsageError(f"{path}: is an evaluation, and TensorBoard shows runs and sweeps")
    with new_folder(to) as folder:
        written = write_events(result, folder)
    return f"Wrote {written} event files into {to}; see them with: tensorboard --logdir {to}"


def _check_chart(to: Path, format: str, chart: str | None) -> None:
    """Raises UsageError if there is no such chart, or it cannot be drawn in this format; before anything is read."""
    names = (*CHARTS, REPORT, TERMINAL)
    if chart is not None and chart not in names:
        line = f"--chart {chart}: must be one of {', '.join(names)}{did_you_mean(chart, names)}"
        raise UsageError(line, "chart", chart)
    # a report is always a page; the drawing of the terminal has no PNG or PDF
    formats = {TERMINAL: tuple(SCREENS), REPORT: ("html",)}.get(chart or "", PICTURES)
    if chart is not None and format not in formats:
        allowed = ", ".join(f".{name}" for name in formats)
        raise UsageError(f"--to {to}: --chart {chart} is drawn into {allowed}", "chart", chart)


def _report(stored: Stored, title: str) -> str:
    result = stored.result
    environments = [stored.environment]
    if isinstance(result, SweepResult):
        folders = [stored.path / TRIALS / trial.name for trial in result.trials if trial.result]
        environments = [read_notes(folder, ENVIRONMENT) for folder in folders]
    versions = _versions(environments)
    if isinstance(result, SweepResult):
        report = sweep_report(result, title, versions, read_plan(stored.path))
    elif isinstance(result, EvalResult):
        report = evaluation_report(result, title, versions)
    else:
        report = run_report(result, title, versions)
    return report_page(report, result)


def _versions(environments: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The software and the machine of a run, or of the trials of a sweep, which may have run on different machines."""
    versions_by_name: dict[str, dict[str, None]] = {}
    for environment in environments:
        machine = {name: environment[name] for name in ("platform", "processor") if name in environment}
        software = environment.get("versions")
        for name, version in ((software if isinstance(software, dict) else {}) | machine).items():
            # in order, each once
            versions_by_name.setdefault(name, {})[str(version)] = None
    return {name: ", ".join(versions) for name, versions in versions_by_name.items()}


def _keras(path: Path, replicate: str, stateful: bool, cell: Cell | None) -> bytes:
    if replicate == "all":
        raise SettingError("replicate", replicate, "a Keras model is one replicate: best, worst or a number")
    return keras_file(stored_model(path, replicate, stateful, trusted_cell(path, cell)))


def stored_model(path: Path, replicate: str, stateful: bool, trusted: Collection[str] = ()) -> KerasModel:
    """Builds a Keras model of one replicate (`best`, `worst` or a number) of a stored run.

    Raises:
        SettingError: If there is no such replicate.
        DamagedFileError: If its weights cannot be read.
    """
    # a config of this replicate alone
    trained = read_trained(read_run(path, trusted), replicate)
    config = dataclasses.replace(trained.stored.config, seed=trained.seed, replicates=1)
    # the first axis is that of replicates, of which there is one
    weights = {name: array[0] for name, array in trained.population(config).arrays().items()}
    return build_keras_model(config, weights, stateful)


def _rows(path: Path, rows: str) -> list[dict[str, Any]]:
    if rows == "history":
        return _history(path)
    result = read_stored(path).result
    if rows == "results":
        return table_of(result)
    if isinstance(result, SweepResult):
        raise UsageError(f"{path}: is a sweep; its predictions lie in its trials: {path / TRIALS}", "rows", rows)
    return prediction_table(result.run if isinstance(result, EvalResult) else result)


def _history(path: Path) -> list[dict[str, Any]]:
    """Every check of a run, complete or not; of a sweep those of all trials, with their values."""
    if not is_sweep(path):
        stored = read_run(path)
        return history_table(stored.history, stored.config.seeds)
    rows = []
    for trial in read_sweep(path).trials:
        # also of pruned and failed trials, whose checks show the reason
        if trial.status != "missing":
            values = {name: shown_or_plain(value) for name, value in trial.values.items()}
            rows += [{"trial": trial.number} | values | row for row in _history(path / TRIALS / trial.name)]
    return rows


# The content of a file of rows.
TABLES: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "csv": lambda rows: csv_text(rows).encode(),
    "parquet": parquet_bytes,
}
# The terminal's own drawing, of a result and what it is called.
SCREENS: dict[str, Callable[[Any, str], str]] = {
    "html": html_text,
    "svg": lambda result, title: svg_text(result, title=title),
}
FORMATS = (*TABLES, "json", *PICTURES, "keras", FOLDER_FORMAT)
