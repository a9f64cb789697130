"""Rules applied to a whole sweep: once, for its hardest trial.

If each trial followed the rules separately, trials would also differ in settings that do not vary.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from seqmem.cells import CELLS
from seqmem.config.axis import Axis, without_none
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.errors import UsageError
from seqmem.settings import Settings, settings_of

# Settings that rules depend on, beside those of the cells. For a search, whose trials are not known yet, rules are
# applied to the ends of these axes.
LOOKED_AT = {"gap", "cues", "fillers", "trigger", "batch_size", "cell"}


def essential_settings() -> dict[str, Any]:
    """Returns the defaults that every description of a sweep names, as in a TOML file."""
    fields = setting_fields()
    return {name: fields[name].metadata["kind"].write(fields[name].default) for name in ("cell", "units", "replicates")}


def decide_once(base: Settings, axes: Sequence[Axis], points: Iterable[Settings]) -> dict[str, Any]:
    """Returns the settings that rules decide for all trials, whose values are `points` (none yet for a search).

    Returns:
        Head, init, trained steps, alphabet and budget. An `init` of None is decided by each cell.
    """
    configs = _configs(base, list(points) or list(_corners(axes)))
    given = {*base, *(axis.name for axis in axes)}
    decided: dict[str, Any] = {}
    if not configs:
        return decided
    if "head" not in given:
        decided["head"] = configs[0].head
    if "init" not in given:
        decided["init"] = _start(configs)
    if "loss_at" not in given and all(config.task.sequences_with_recall for config in configs):
        decided["loss_at"] = "recall" if any(config.loss_at == "recall" for config in configs) else "all"
    # An alphabet that grew along an axis of gaps would change the difficulty in two ways at once.
    sizes = [config.task.alphabet_size for config in configs if config.task.alphabet_size is not None]
    if not given & {"alphabet_size", "symbols", "sequences"} and len(sizes) == len(configs):
        decided["alphabet_size"] = max(sizes)
    if not given & {"epochs", "presentations"}:
        decided["epochs"] = max(config.epochs or 0 for config in configs)
    return decided


def _start(configs: Sequence[RunConfig]) -> str | None:
    """One `init` for all cells with a gate; None if there are others too, so that each cell takes its default."""
    starts = {str(config.init) for config in configs}
    if len(starts) == 1:
        return starts.pop()
    gated = {config.init for config in configs if config.cell.gated}
    return "glorot" if len(gated) > 1 else None


def _configs(base: Settings, points: Iterable[Settings]) -> list[RunConfig]:
    """The config of each trial by itself, without invalid ones, which `build_plan` refuses."""
    configs = []
    for values in points:
        with contextlib.suppress(UsageError):
            configs.append(RunConfig.from_settings(dict(base) | without_none(values)))
    return configs


def _corners(axes: Sequence[Axis]) -> Iterable[dict[str, Any]]:
    looked_at = LOOKED_AT | {field.name for cell in CELLS.values() for field in settings_of(cell)}
    ends = [_ends(axis) if axis.name in looked_at else _ends(axis)[:1] for axis in axes]
    for values in itertools.product(*ends):
        yield dict(zip((axis.name for axis in axes), values, strict=True))


def _ends(axis: Axis) -> list[Any]:
    """The values that can be the hardest: the ends of an axis of numbers, all of any other."""
    if axis.continuous:
        return [axis.low, axis.high]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in axis.values)
    return [min(axis.values), max(axis.values)] if numbers else list(axis.values)
