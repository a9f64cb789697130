"""Results as tables of plain values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from seqmem.backend.extras import parquet, pyarrow
from seqmem.config.axis import shown_value
from seqmem.results.columns import TRIAL_COLUMNS, outcome_row
from seqmem.results.evaluation import PER_REPLICATE, EvalResult
from seqmem.results.json import to_plain
from seqmem.results.run import Record, RunResult
from seqmem.results.summary import RunSummary
from seqmem.results.sweep import SweepResult, ranked

Row = dict[str, Any]


def table_of(result: RunResult | SweepResult | EvalResult) -> list[Row]:
    """Returns the table of a result; of an evaluation that of its gaps, else of its replicates."""
    if isinstance(result, SweepResult):
        return sweep_table(result)
    if isinstance(result, EvalResult):
        return gap_table(result) if result.gaps else run_table(result.run)
    return run_table(result)


def gap_table(result: EvalResult) -> list[Row]:
    """Returns a row for each replicate at each gap, with its seed and the baseline."""
    rows: list[Row] = []
    for gap in result.gaps:
        shared = {"gap": gap.gap, "trained": gap.trained, "baseline": gap.baseline}
        for index, replicate in enumerate(result.run.replicates):
            values = {name: getattr(gap, name)[index] for name in PER_REPLICATE}
            rows.append(shared | {"replicate": index, "seed": replicate.seed} | values)
    return rows


def run_table(result: RunResult) -> list[Row]:
    """Returns a row for each replicate: its outcome, metrics and evidence, one column per value."""
    rows = []
    for replicate in result.replicates:
        row = to_plain(replicate)
        metrics, evidence = row.pop("metrics"), row.pop("evidence")
        rows.append(row | metrics | evidence)
    return rows


def history_table(history: Sequence[Record], seeds: Sequence[int]) -> list[Row]:
    """Returns a row for each check of each replicate: presentations so far, losses, accuracies, solved or not."""
    return [
        {"presentations": record.presentations, "replicate": number, "seed": seed}
        | {name: values[number] for name, values in to_plain(record).items() if name != "presentations"}
        for record in history
        for number, seed in enumerate(seeds)
    ]


def prediction_table(result: RunResult) -> list[Row]:
    """Returns a row for each step of the stored predictions: of the first, the best and the worst replicate."""
    rows: list[Row] = []
    for number, prediction in enumerate(result.predictions):
        shared = {"replicate": prediction.replicate, "seed": result.replicates[prediction.replicate].seed}
        columns = {name: values for name, values in vars(prediction).items() if name != "replicate"}
        for step in range(len(prediction.inputs)):
            place = {"sequence": number, "step": step + 1}
            # `inputs` holds all steps, `input` of a row one
            rows.append(shared | place | {name.removesuffix("s"): columns[name][step] for name in columns})
    return rows


def sweep_table(sweep: SweepResult) -> list[Row]:
    """Returns a row for each trial, the best first: values, outcome, measures and their baselines."""
    return [
        {"trial": trial.number, "status": trial.status, "reason": trial.reason}
        | {axis.name: shown_or_plain(trial.values[axis.name]) for axis in sweep.axes}
        | (_outcome(trial.result) if trial.result else {})
        for trial in ranked(sweep.trials, sweep.rank)
    ]


def _outcome(result: RunSummary) -> Row:
    row = outcome_row(result)
    return {name: row[name] for name in TRIAL_COLUMNS}


def shown_or_plain(value: object) -> object:
    """Returns a number as it is, and anything else as text."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else shown_value(value)


def csv_text(rows: Sequence[Row], columns: Sequence[str] = ()) -> str:
    """Returns rows as CSV, by default under the columns of all of them.

    What a row lacks is empty, numbers keep every digit.
    """
    # in the order in which rows bring them: a dict keeps it, a set would not
    columns = columns or list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def parquet_bytes(rows: Sequence[Row]) -> bytes:
    """Returns rows as a Parquet file; a column that mixes numbers with text is text.

    Raises:
        UsageError: If pyarrow is not installed.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    table = pyarrow.table({name: pyarrow.array(_column([row.get(name) for row in rows])) for name in names})
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def _column(values: Sequence[object]) -> Sequence[object]:
    # a column of Parquet has one type
    texts = {isinstance(value, str) for value in values if value is not None}
    return values if len(texts) < 2 else [None if value is None else str(_cell(value)) for value in values]


def _cell(value: object) -> object:
    # as JSON and TOML write it: Python's True is read by few programs
    return str(value).lower() if isinstance(value, bool) else value
