"""Compilation with XLA; a damaged cache of programs is emptied."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable

from seqmem.backend import loops, process
from seqmem.backend.lazy import Tensor, tf
from seqmem.backend.naming import named_after
from seqmem.backend.programs import StoredGraph, graph_of, imported, stored_graph
from seqmem.errors import SeqmemError


def compiled(*recipe: object, own: bool = False) -> Callable[[Callable], Callable]:
    """Compiles a function of tensors at its first call; makes a decorator.

    If an entry of the cache is truncated or foreign, TensorFlow raises, and keeps raising for this function object. The
    cache is then emptied and the function compiled again, so damage costs time only.

    Args:
        recipe: What the function is made from. Its text names the program, by which the cache finds it.
        own: Whether the function follows from that text and the sources of seqmem alone, and gives a flat list of
            tensors: then another process need not trace it again.

    Raises:
        SeqmemError: At a call, if there is not enough memory.
    """

    def decorator(function: Callable) -> Callable:
        programs: dict[str, Callable] = {}  # by the shapes of their arguments

        @functools.wraps(function)
        def call(*arguments: Tensor) -> Tensor:
            flat = tf.nest.flatten(arguments)
            shapes = [(getattr(part, "shape", part), getattr(part, "dtype", "")) for part in flat]
            name = f"{function.__qualname__} {recipe} {shapes}"
            try:
                if name in programs:
                    return programs[name](arguments)
                folder = process.programs if own else None
                with named_after(name), stored_graph(folder, name) if folder else contextlib.nullcontext() as place:
                    programs[name], results = _first_call(function, arguments, place)
                return results
            except tf.errors.ResourceExhaustedError:
                raise SeqmemError("out of memory: ask for fewer units, replicates, symbols or sequences") from None

        return call

    return decorator


def _first_call(function: Callable, arguments: tuple, place: StoredGraph | None) -> tuple[Callable, Tensor]:
    """Compiles, calls, and returns the compiled function and its results; stores the graph if it has a place."""

    def attempt(graph: object) -> tuple[Callable, Tensor]:
        if place is None:
            program = tf.function(function, jit_compile=True, autograph=False)
            return (lambda arguments: program(*arguments)), program(*arguments)
        graph = graph or graph_of(place.program, function, arguments)
        flat_program = tf.function(imported(graph), jit_compile=True, autograph=False)
        results = flat_program(*tf.nest.flatten(arguments))
        if graph is not place.graph:
            place.store(graph)
        return (lambda arguments: flat_program(*tf.nest.flatten(arguments))), results

    try:
        return attempt(place and place.graph)
    except tf.errors.ResourceExhaustedError:
        raise
    except tf.errors.UnimplementedError:
        # by the kernel of a whole loop, but not outside of it
        with loops.all_apart():
            return attempt(None)
    except tf.errors.OpError:
        # also if the cache is empty: another thread may have emptied it a moment ago
        process.clear_cache()
        return attempt(None)
