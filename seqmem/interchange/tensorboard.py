"""Results as event files for TensorBoard."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from seqmem.backend.extras import event_pb2, hparams, record_writer, summary_pb2
from seqmem.config.axis import Axis, shown_value
from seqmem.config.rank import MEASURES
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult, Trial

SCALARS = ("loss", "recall_loss", "accuracy", "recall_accuracy")


def write_events(result: RunResult | SweepResult, folder: Path) -> int:
    """Writes event files, each in its own folder under `folder` (a run in the terms of TensorBoard).

    A run gets one file per replicate, with the scalars of each check over presentations, and one named `baseline`,
    with the best scores without memory as a line. A sweep gets one file per trial, with the values of its axes as
    hyperparameters and its measures as metrics.

    Returns:
        The number of event files written.

    Raises:
        UsageError: If TensorBoard is not installed.
    """
    return _write_run(result, folder) if isinstance(result, RunResult) else _write_sweep(result, folder)


def _write_run(result: RunResult, folder: Path) -> int:
    # leading zeros: TensorBoard sorts its runs as text
    names = [f"replicate-{index:0{len(str(len(result.replicates) - 1))}d}" for index in range(len(result.replicates))]
    for index, name in enumerate(names):
        with _events(folder / name) as write:
            for record in result.history:
                write({tag: getattr(record, tag)[index] for tag in SCALARS}, record.presentations)
                write({"solved": float(record.solved[index])}, record.presentations)
    with _events(folder / "baseline") as write:
        # two points make a level line
        for record in (result.history[:1] + result.history[-1:]) if result.history else ():
            write({tag: getattr(result.baseline, tag) for tag in SCALARS}, record.presentations)
    return len(names) + 1


def _write_sweep(sweep: SweepResult, folder: Path) -> int:
    for trial in sweep.trials:
        with _events(folder / trial.name) as write:
            write.hyperparameters(_hyperparameters(trial, sweep.axes), trial.name)
            write({name: trial.measure(name) for name in MEASURES}, 0)
    return len(sweep.trials)


def _hyperparameters(trial: Trial, axes: tuple[Axis, ...]) -> dict[str, bool | float | str]:
    values = {axis.name: trial.values[axis.name] for axis in axes}
    return {
        name: value if isinstance(value, (bool, int, float)) else shown_value(value) for name, value in values.items()
    }


class _Events:
    """An event file that is open for writing."""

    def __init__(self, file: BinaryIO):
        # TensorBoard's own file writer would import TensorFlow; its record writer needs only a file
        self._records = record_writer.RecordWriter(file)
        self._write(file_version="brain.Event:2")

    def __call__(self, scalars: Mapping[str, float | None], step: int) -> None:
        """Writes the scalars that are not None."""
        values = [{"tag": tag, "simple_value": value} for tag, value in scalars.items() if value is not None]
        self._write(summary=summary_pb2.Summary(value=values), step=step)

    def hyperparameters(self, values: Mapping[str, bool | float | str], name: str) -> None:
        """Writes the hyperparameters of a trial."""
        self._write(summary=hparams.hparams_pb(dict(values), name))

    def _write(self, **event: object) -> None:
        self._records.write(event_pb2.Event(wall_time=time.time(), **event).SerializeToString())


@contextlib.contextmanager
def _events(folder: Path) -> Iterator[_Events]:
    folder.mkdir(parents=True)
    # TensorBoard looks for files with `tfevents` in their name
    with (folder / "events.out.tfevents.seqmem").open("wb") as file:
        yield _Events(file)
