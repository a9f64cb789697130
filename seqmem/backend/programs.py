"""Traced programs on disk, beside what XLA has compiled from them.

Tracing is all Python and takes most of a start. A graph follows from a recipe, the shapes of the arguments and the
sources; so it is kept under these, and imported in a tenth of the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.metadata
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from seqmem.backend.lazy import GraphDef, Tensor, tf
from seqmem.backend.naming import mark_of, named_after

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: two processes may compile the same program at the same moment
    fcntl = None

SUFFIX = ".graph"
BINARY = getattr(os, "O_BINARY", 0)  # Windows would convert line ends
CHECKSUM_BYTES = hashlib.sha256().digest_size


def _checksum_of_sources() -> str:
    """A checksum of everything that a graph follows from besides its recipe; TensorFlow's version names the folder."""
    state = hashlib.sha256(importlib.metadata.version("keras").encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        state.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return state.hexdigest()


# now: the sources may have changed when a program is traced, and this process would still use what it has imported
_SOURCES = _checksum_of_sources()


class StoredGraph:
    """The place of a program's graph in an open file.

    Attributes:
        program: What the graph follows from besides the sources.
        graph: What is stored there; None for nothing, or if it is damaged.
    """

    def __init__(self, program: str, file: BinaryIO):
        self.program, self._file = program, file
        content = file.read()
        checksum, data = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
        intact = hashlib.sha256(data).digest() == checksum
        self.graph: GraphDef | None = tf.compat.v1.GraphDef.FromString(data) if intact else None

    def store(self, graph: GraphDef) -> None:
        """Stores a graph; a full disk costs the next process time only, as what is cut short counts as damaged."""
        data = graph.SerializeToString(deterministic=True)
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(hashlib.sha256(data).digest() + data)
            self._file.flush()


@contextlib.contextmanager
def stored_graph(folder: Path, program: str) -> Iterator[StoredGraph | None]:
    """Gives the place of a program's graph; another process that wants it waits until the block ends.

    So of several workers one compiles it, and the others find it on disk. None where the folder cannot be written to.

    Args:
        folder: That of compiled programs.
        program: As of `StoredGraph`.
    """
    name = hashlib.sha256(f"{_SOURCES} {program}".encode()).hexdigest()
    try:
        descriptor = os.open(folder / f"{name}{SUFFIX}", os.O_RDWR | os.O_CREAT | BINARY, 0o600)
    except OSError:
        yield None
        return
    with os.fdopen(descriptor, "r+b") as file:
        with contextlib.suppress(OSError):  # a file system without locks
            if fcntl:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield StoredGraph(program, file)


def graph_of(program: str, function: Callable, arguments: Sequence) -> GraphDef:
    """Traces a function of tensors alone, which may be nested, that gives a flat list of tensors.

    Raises:
        ValueError: If it uses variables or tensors that are not its arguments.
    """

    def named(*flat: Tensor) -> list[Tensor]:
        results = function(*tf.nest.pack_sequence_as(arguments, flat))
        return [tf.identity(result, name=f"result_{index}") for index, result in enumerate(results)]

    flat = enumerate(tf.nest.flatten(arguments))
    specs = [tf.TensorSpec(part.shape, part.dtype, f"argument_{index}") for index, part in flat]
    names = [f"{program} {what}" for what in ("traced", "imported")]
    with named_after(names[0]):
        traced = tf.function(named, autograph=False).get_concrete_function(*specs)
    if traced.captured_inputs:
        raise ValueError(f"{function.__qualname__} uses tensors that are not its arguments")
    # Loops get other names than those traced here: these carry lines of the sources, and XLA looks for what it has
    # compiled by all that it is given.
    data = traced.graph.as_graph_def().SerializeToString(deterministic=True)
    graph = tf.compat.v1.GraphDef.FromString(data.replace(*(mark_of(name).encode() for name in names)))
    # arguments take the place of placeholders, which XLA does not know
    kept = [node for node in graph.node if node.op != "Placeholder"]
    del graph.node[:]
    graph.node.extend(kept)
    return graph


def imported(graph: GraphDef) -> Callable[..., list[Tensor]]:
    """Returns the function that `graph_of` made a graph of, without its Python."""
    # the bodies of loops, which `import_graph_def` makes known to the graph only
    context = importlib.import_module("tensorflow.python.eager.context").context()
    for function in graph.library.function:
        context.add_function_def(function)
    results = sum(node.name.startswith("result_") for node in graph.node)
    used = {name.partition(":")[0] for node in graph.node for name in node.input}

    def program(*arguments: Tensor) -> list[Tensor]:
        named = {f"argument_{index}": part for index, part in enumerate(arguments)}
        inputs = {f"{name}:0": part for name, part in named.items() if name in used}
        wanted = [f"result_{index}:0" for index in range(results)]
        return tf.graph_util.import_graph_def(graph, inputs, wanted, name="")

    return program
