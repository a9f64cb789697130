"""seqmem measures how long a recurrent network can remember.

    task = seqmem.ConflictingSequences(gap=100, fillers="fresh")
    result = seqmem.run(seqmem.RunConfig(task=task, replicates=20))

Names are imported when they are first used: the command line must answer at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqmem.config.run_config import RunConfig
    from seqmem.experiment.run import run
    from seqmem.tasks import ConflictingSequences, ExplicitSequences

    __version__: str

__all__ = ["ConflictingSequences", "ExplicitSequences", "RunConfig", "__version__", "run"]

_MODULES = {
    "ConflictingSequences": "seqmem.tasks",
    "ExplicitSequences": "seqmem.tasks",
    "RunConfig": "seqmem.config.run_config",
    "run": "seqmem.experiment.run",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("seqmem")
    if name not in _MODULES:
        raise AttributeError(f"module 'seqmem' has no attribute {name!r}")
    if name == "run":
        # registers how results draw themselves
        importlib.import_module("seqmem.render.results")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
