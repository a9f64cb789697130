"""The packages of the extras, imported when first needed."""

from __future__ import annotations

import importlib
import logging
from typing import Any, TypeAlias

from seqmem.errors import UsageError


def import_optuna() -> Any:
    """Returns Optuna, which then logs errors only; UsageError if it is not installed."""
    optuna = _import("optuna", "--search tpe or random", "search")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def import_distributed() -> Any:
    """Returns Dask's distributed, which then logs critical errors only; raises as `import_optuna` does."""
    distributed = _import("distributed", "--scheduler", "dask")
    # the driver reports a lost scheduler in one line; Dask would log a traceback
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


class ExtraPackage:
    """A proxy of a module of an optional package, which is imported at the first access."""

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
# these four modules of TensorBoard do not import TensorFlow
BOARD = ("--format tensorboard", "tensorboard")
record_writer = ExtraPackage("tensorboard.summary.writer.record_writer", *BOARD)
event_pb2 = ExtraPackage("tensorboard.compat.proto.event_pb2", *BOARD)
summary_pb2 = ExtraPackage("tensorboard.compat.proto.summary_pb2", *BOARD)
hparams = ExtraPackage("tensorboard.plugins.hparams.summary_v2", *BOARD)
DataFrame: TypeAlias = Any  # of pandas


def _import(package: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise UsageError(
            f"{what} needs {package.split('.')[0]}, which is not installed: pip install 'seqmem[{extra}]'"
        ) from None
