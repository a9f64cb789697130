"""The packages of the extras, imported when they are needed, or missed in one line."""

from __future__ import annotations

import dataclasses
import importlib
import logging
from typing import Any

from seqmem.errors import UsageError


def import_optuna() -> Any:
    """Returns Optuna, silent but for its errors.

    Raises:
        UsageError: If it is not installed.
    """
    optuna = _import("optuna", "--search tpe or random", "search")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def import_distributed() -> Any:
    """Returns Dask's distributed, silent as well; raises as `import_optuna` does."""
    distributed = _import("distributed", "--scheduler", "dask")
    # a scheduler that is lost is told in a line of ours, not in a traceback of its own
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


@dataclasses.dataclass(frozen=True)
class TensorBoard:
    """What it takes to write an event file."""

    RecordWriter: Any
    Event: Any
    Summary: Any
    hparams_pb: Any


def import_tensorboard() -> TensorBoard:
    """Returns what writes TensorBoard's files, without TensorFlow; raises as `import_optuna` does."""
    records, events, summaries, hparams = (
        _import(f"tensorboard.{name}", "--format tensorboard", "tensorboard")
        for name in (
            "summary.writer.record_writer",
            "compat.proto.event_pb2",
            "compat.proto.summary_pb2",
            "plugins.hparams.summary_v2",
        )
    )
    return TensorBoard(records.RecordWriter, events.Event, summaries.Summary, hparams.hparams_pb)


def _import(package: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise UsageError(
            f"{what} needs {package.split('.')[0]}, which is not installed: pip install 'seqmem[{extra}]'"
        ) from None
