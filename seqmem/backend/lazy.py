"""TensorFlow and Keras, imported without a word.

TensorFlow's libraries print on the process' standard error while they load, whatever the log level, so the
descriptor itself is turned away meanwhile. What they said is shown only if the import fails.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from seqmem.backend import process
from seqmem.errors import SeqmemError


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keeps what native code writes to standard error from the user, unless an error follows."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except Exception:
            said.seek(0)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


process.prepare()
with silence():
    import keras
    import tensorflow as tf

# it warns of functions traced anew for each run, which a sweep and several evaluations in one process rightly do
tf.get_logger().setLevel("ERROR")
if keras.backend.backend() != "tensorflow":
    raise SeqmemError(f"Keras runs on {keras.backend.backend()} here; seqmem needs KERAS_BACKEND=tensorflow")

__all__ = ["keras", "silence", "tf"]
