"""The decisions of the rules for a sweep: once, for its hardest trial.

Each trial by itself would have its own, and a sweep would not compare like with like.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from seqmem.cells import CELLS
from seqmem.config.axis import Axis
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.settings import Settings, settings_of

# Settings that a rule looks at, with those of the cells: where a search has yet to name its trials, their ends stand
# for them.
LOOKED_AT = {"gap", "cues", "fillers", "trigger", "batch_size", "cell"}


def decide_once(base: Settings, axes: Sequence[Axis], points: Iterable[Settings]) -> dict[str, Any]:
    """Returns the settings that all trials share and that nobody gave.

    Args:
        base: The settings of every trial as they were given.
        axes: What varies.
        points: The values of each trial; none where a search has yet to ask for them.

    Returns:
        Head, start, trained steps, alphabet and budget. A start of None is left to each cell.
    """
    configs = _configs(base, list(points) or list(_corners(axes)))
    given = {*base, *(axis.name for axis in axes)}
    decided: dict[str, Any] = {}
    if not configs:
        return decided
    # Each of these would follow from a trial's own task; what all share is decided once, by the hardest of them.
    if "head" not in given:
        decided["head"] = configs[0].head
    if "init" not in given:
        decided["init"] = _start(configs)
    if "loss_at" not in given and all(config.task.sequences_with_recall for config in configs):
        decided["loss_at"] = "recall" if any(config.loss_at == "recall" for config in configs) else "all"
    # An alphabet that grew along an axis of gaps would make two things harder at once.
    sizes = [config.task.alphabet_size for config in configs if config.task.alphabet_size is not None]
    if not given & {"alphabet_size", "symbols", "sequences"} and len(sizes) == len(configs):
        decided["alphabet_size"] = max(sizes)
    if not given & {"epochs", "presentations"}:
        decided["epochs"] = max(config.epochs or 0 for config in configs)
    return decided


def _start(configs: Sequence[RunConfig]) -> str | None:
    """One start for all cells with a gate; None where cells without one are among the others."""
    starts = {str(config.init) for config in configs}
    if len(starts) == 1:
        return starts.pop()
    # where gated cells agree there is nothing to decide: each cell takes its own start
    gated = {config.init for config in configs if config.cell.gated}
    return "glorot" if len(gated) > 1 else None


def _configs(base: Settings, points: Iterable[Settings]) -> list[RunConfig]:
    """The trials as each would be by itself; those whose values do not go together are refused elsewhere."""
    configs = []
    for values in points:
        with contextlib.suppress(UsageError):
            configs.append(RunConfig.from_settings(dict(base) | _given(values)))
    return configs


def _given(values: Settings) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _corners(axes: Sequence[Axis]) -> Iterable[dict[str, Any]]:
    looked_at = LOOKED_AT | {field.name for cell in CELLS.values() for field in settings_of(cell)}
    ends = [_ends(axis) if axis.name in looked_at else _ends(axis)[:1] for axis in axes]
    for values in itertools.product(*ends):
        yield dict(zip((axis.name for axis in axes), values, strict=True))


def _ends(axis: Axis) -> list[Any]:
    """The values that can be the hardest: the ends of what is a number, else all."""
    if axis.continuous:
        return [axis.low, axis.high]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in axis.values)
    return [min(axis.values), max(axis.values)] if numbers else list(axis.values)
