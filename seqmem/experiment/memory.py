"""The memory that a run will take, before it takes it.

Linux hands out memory that it does not have, and kills whoever uses it: an error can only be raised beforehand.
"""

from __future__ import annotations

from seqmem.backend.process import machine_memory
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.evaluation.evaluator import bytes_of_checks
from seqmem.training.trainer import bytes_of_training

# TensorFlow, and its compiler at work.
BYTES_TO_START = 900 * 2**20
# Parameters, gradient and Adam's two slots, before and after an update, some of them in two forms.
PARAMETER_COPIES = 10
BYTES_PER_LISTED_STEP = 24


def bytes_needed(config: RunConfig) -> int:
    """Estimates the most memory that a run takes: an upper bound within a factor of about two, for Keras' cells."""
    parameters = 4 * config.replicates * (config.parameter_count or 0) * PARAMETER_COPIES
    listed = (config.task.sequence_count or 0) * config.task.time * BYTES_PER_LISTED_STEP if config.task.finite else 0
    if not config.task.same_for_every_seed:
        listed *= config.replicates
    return BYTES_TO_START + parameters + listed + max(bytes_of_training(config), bytes_of_checks(config))


def check_memory(config: RunConfig) -> None:
    """Refuses what this machine has no room for.

    Raises:
        UsageError: If a run would take more memory than there is.
    """
    needed, there = bytes_needed(config), machine_memory()
    if there is not None and needed > there:
        line = f"this run would take about {needed / 2**30:,.0f} GiB of memory, and there are {there / 2**30:,.1f} GiB"
        raise UsageError(f"{line}: ask for fewer replicates, units, symbols, rows or steps")
