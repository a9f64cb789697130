"""The tasks: what a sequence is, which steps need memory, and what can be had without. Needs numpy only."""

from seqmem.tasks.conflicting import ConflictingSequences
from seqmem.tasks.explicit import ExplicitSequences

TASKS: dict[str, type] = {task.name: task for task in (ConflictingSequences, ExplicitSequences)}
