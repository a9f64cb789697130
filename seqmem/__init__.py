"""seqmem measures how long a recurrent network can remember.

    task = seqmem.ConflictingSequences(gap=100, fillers="fresh")
    result = seqmem.run(task, replicates=20, out="runs/first")
    print(result)

Names are imported when they are first used: the command line must answer at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqmem.commands.python import describe, evaluate, evaluate_model, load, run, sweep
    from seqmem.config.run_config import RunConfig
    from seqmem.tasks import ConflictingSequences, ExplicitSequences, Hochreiter1997

    __version__: str

__all__ = [
    "ConflictingSequences",
    "ExplicitSequences",
    "Hochreiter1997",
    "RunConfig",
    "__version__",
    "describe",
    "evaluate",
    "evaluate_model",
    "load",
    "run",
    "sweep",
]

_COMMANDS = ("describe", "evaluate", "evaluate_model", "load", "run", "sweep")
_MODULES = {
    "ConflictingSequences": "seqmem.tasks",
    "ExplicitSequences": "seqmem.tasks",
    "Hochreiter1997": "seqmem.tasks",
    "RunConfig": "seqmem.config.run_config",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("seqmem")
    if name in _COMMANDS:
        commands = importlib.import_module("seqmem.commands.python")
        # all at once: importing them has put the folder `sweep` where the function of that name belongs
        globals().update({command: getattr(commands, command) for command in _COMMANDS})
        return globals()[name]
    if name not in _MODULES:
        raise AttributeError(f"module 'seqmem' has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
