"""Names of TensorFlow's functions that are the same in every process.

The cache of compiled programs finds a program by the names of all functions in it, and TensorFlow numbers these by a
count of whatever the process has made before. So a program was found only where all that came before was the same.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import hashlib
import importlib
import itertools
from collections.abc import Callable, Iterator

_program: contextvars.ContextVar[str | None] = contextvars.ContextVar("program", default=None)


@contextlib.contextmanager
def named_after(program: str) -> Iterator[None]:
    """Names the functions that this thread traces within after a program.

    Args:
        program: What the program follows from. A name is never given twice, whatever this says.
    """
    _take_over()
    before = _program.set(mark_of(program))
    try:
        yield
    finally:
        _program.reset(before)


def mark_of(program: str) -> str:
    """Returns what stands in the names of a program's functions, 16 hexadecimal digits."""
    return hashlib.sha256(program.encode()).hexdigest()[:16]


@functools.cache
def _take_over() -> None:
    """Takes TensorFlow's own naming over; where it works otherwise in a later version, names stay its own."""
    for module, function in (
        ("tensorflow.python.eager.polymorphic_function.concrete_function", "_inference_name"),
        ("tensorflow.python.ops.control_flow_util_v2", "unique_fn_name"),
    ):
        with contextlib.suppress(ImportError, AttributeError):
            place = importlib.import_module(module)
            setattr(place, function, functools.partial(_name, getattr(place, function)))


def _name(original: Callable[..., str], *parts: str) -> str:
    program = _program.get()
    if program is None:
        return original(*parts)
    return "_".join([*parts, program, str(next(_numbers(program)))]).replace("/", "_")


# XLA remembers a program by its name for as long as a process lives: one traced again must get another
@functools.cache
def _numbers(program: str) -> Iterator[int]:
    return itertools.count()
