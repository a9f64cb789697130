"""The measures that the trials of a sweep are compared and sorted by."""

from __future__ import annotations

from collections.abc import Sequence

from seqmem.config.axis import Axis
from seqmem.errors import UsageError, did_you_mean

# Measures that trials can be ranked by, and whether larger is better.
MEASURES = {
    "success_rate": True,
    "recall_accuracy": True,
    "accuracy": True,
    "recall_loss": False,
    "loss": False,
    "presentations_to_success": False,
}
SHARES = ("success_rate", "recall_accuracy", "accuracy")  # measures from 0 to 1


def measure_of(rank: str) -> str:
    """Returns the measure that trials are compared by: `rank` if it is one, else the success rate."""
    return rank if rank in MEASURES else "success_rate"


def check_rank(name: str, axes: Sequence[Axis]) -> str:
    """Returns the name of a column to rank by; options' dashes are allowed; UsageError if there is no such column."""
    column, columns = name.strip().replace("-", "_"), [*MEASURES, *(axis.name for axis in axes), "number"]
    if column not in columns:
        raise UsageError(
            f"--rank {name}: must be one of {', '.join(columns)}{did_you_mean(column, columns)}", "rank", name
        )
    return column
