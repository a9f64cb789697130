"""TensorFlow and Keras, imported silently when first used.

They take seconds to import, and the command line must answer at once; so these two imports are lazy, and no others.
While TensorFlow's libraries load they print to standard error, whatever the log level, so its descriptor is redirected
meanwhile. What they printed is shown only if the import fails.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, TypeAlias

from seqmem.backend import process
from seqmem.errors import SeqmemError

# Neither package has types that mypy can check; the names document what is meant.
Tensor: TypeAlias = Any
TensorArray: TypeAlias = Any
KerasLayer: TypeAlias = Any
KerasVariable: TypeAlias = Any
KerasModel: TypeAlias = Any
Initializer: TypeAlias = Any
GraphDef: TypeAlias = Any

_LOADING = threading.RLock()


class LazyModule:
    """A proxy of a module, which imports TensorFlow and Keras at the first access."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        load()
        return getattr(sys.modules[self._name], name)

    def __repr__(self) -> str:
        return f"LazyModule({self._name})"


tf, keras = LazyModule("tensorflow"), LazyModule("keras")


def load() -> None:
    """Imports TensorFlow and Keras once; SeqmemError if the backend of Keras is not TensorFlow."""
    # one thread at a time: `silence` redirects a descriptor of the whole process
    with _LOADING:
        _load()


@functools.cache
def _load() -> None:
    process.prepare_by_default()
    with silence():
        for name in ("keras", "tensorflow"):
            importlib.import_module(name)
    # it warns of repeated tracing, which is intended in a sweep and in several evaluations
    sys.modules["tensorflow"].get_logger().setLevel("ERROR")
    if (backend := sys.modules["keras"].backend.backend()) != "tensorflow":
        raise SeqmemError(f"Keras runs on {backend} here; seqmem needs KERAS_BACKEND=tensorflow")


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Hides what native code writes to standard error, unless an error follows."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except Exception:
            written.seek(0)
            os.write(kept, written.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
