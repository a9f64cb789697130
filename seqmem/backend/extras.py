"""The packages of the extras, imported when needed, or one clear line."""

from __future__ import annotations

import dataclasses
import importlib
import logging
from typing import Any, TypeAlias

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
    # a scheduler that is lost gets a line of ours, not in a traceback of its own
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


class ExtraPackage:
    """Stands for a package of an extra that may be absent, and passes on whatever is asked of it.

    Args:
        package: Its name.
        what: What needs it, for the one line that says so where it is not installed.
        extra: The extra that brings it.
    """

    def __init__(self, package: str, what: str, extra: str):
        self._package, self._what, self._extra = package, what, extra

    def __getattr__(self, name: str) -> Any:
        return getattr(_import(self._package, self._what, self._extra), name)

    def __repr__(self) -> str:
        return f"ExtraPackage({self._package})"


CHART = "a chart (other than --chart terminal)"
altair = ExtraPackage("altair", CHART, "pictures")
vl_convert = ExtraPackage("vl_convert", CHART, "pictures")
jinja2 = ExtraPackage("jinja2", CHART, "pictures")
pandas = ExtraPackage("pandas", "to_frame()", "data")
pyarrow = ExtraPackage("pyarrow", "a .parquet file", "data")
parquet = ExtraPackage("pyarrow.parquet", "a .parquet file", "data")
DataFrame: TypeAlias = Any  # of pandas


def _import(package: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise UsageError(
            f"{what} needs {package.split('.')[0]}, which is not installed: pip install 'seqmem[{extra}]'"
        ) from None
