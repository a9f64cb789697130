"""The hand-written limit, compiled from `limit.c` for one size and called through ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from contestants import Contestant
from work import Weights, Work

SOURCE = Path(__file__).with_name("limit.c")
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fPIC", "-std=c11"]


def compiler() -> str | None:
    """Returns the C compiler of this machine, if there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def compile_limit(units: int, symbols: int, softmax: bool, real: str = "float") -> ctypes.CDLL:
    """Compiles and loads the limit; `real` is the C type of its numbers."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"-DUNITS={units}", f"-DSYMBOLS={symbols}", f"-DSOFTMAX={int(softmax)}", f"-DREAL={real}"]
        subprocess.run([compiler(), *FLAGS, *wanted, "-c", SOURCE, "-o", f"{folder}/limit.o"], check=True)
        # linked without -ffast-math, which would change how the whole process treats small numbers
        subprocess.run([compiler(), "-shared", f"{folder}/limit.o", "-o", f"{folder}/limit.so", "-lm"], check=True)
        return ctypes.CDLL(f"{folder}/limit.so")


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    """The address of an array's first element, for a call that the array outlives."""
    return ctypes.c_void_p(array.ctypes.data)


class CLimit(Contestant):
    """LSTM and Adam in C, one row at a time."""

    def __init__(self, work: Work):
        self.updates, self._work, self._made = work.updates, work, 0
        self._shapes = [array.shape[1:] for array in work.start]
        self._weights = np.concatenate([array.reshape(work.replicates, -1) for array in work.start], axis=1)
        self._slots = [np.zeros_like(self._weights) for _ in range(2)]
        # (replicate, update, batch, time)
        self._data = [np.ascontiguousarray(array[:-1].transpose(2, 0, 3, 1)) for array in work.data]
        symbols = work.start[0].shape[1]
        self._library = compile_limit(work.start[1].shape[1], symbols, work.softmax)

    def train(self) -> None:
        time = self._data[0].shape[-1]
        sizes = (self._work.replicates, self.updates, self._work.batch, time, self._work.window, self._made)
        rate = ctypes.c_double(self._work.config.learning_rate)
        arrays = (self._weights, *self._slots, *self._data)
        self._library.train(*sizes, rate, *map(pointer, arrays))
        self._made += self.updates * time // self._work.window

    def weights(self) -> Weights:
        ends = np.cumsum([np.prod(shape) for shape in self._shapes])[:-1]
        pieces = np.split(self._weights, ends, axis=1)
        return [piece.reshape(-1, *shape).copy() for piece, shape in zip(pieces, self._shapes, strict=True)]
