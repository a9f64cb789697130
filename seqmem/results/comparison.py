"""Stored runs in comparison: their settings and their differences."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from seqmem.judge.comparison import LEVEL as LEVEL
from seqmem.judge.comparison import Difference as Difference
from seqmem.judge.comparison import Sample, compare
from seqmem.results.drawing import Drawn
from seqmem.results.json import to_plain
from seqmem.results.run import RunResult


@dataclasses.dataclass(frozen=True)
class Comparison(Drawn):
    """Two or more runs, whose results know their directories, each compared with the first."""

    runs: tuple[RunResult, ...]

    @functools.cached_property
    def settings(self) -> dict[str, tuple[Any, ...]]:
        """The settings that differ between runs, by name, with one value per run; None where a run has none."""
        each = [run.config.to_settings() for run in self.runs]
        names = dict.fromkeys(name for settings in each for name in settings)
        values = {name: tuple(settings.get(name) for settings in each) for name in names}
        return {name: row for name, row in values.items() if any(value != row[0] for value in row)}

    @functools.cached_property
    def differences(self) -> tuple[Difference | None, ...]:
        """The difference of each later run from the first; None if one of the two has nothing to remember."""
        # all tests share one level: with more runs, each difference must be stronger
        first, *others = (None if run.summary.success_rate is None else _sample(run) for run in self.runs)
        return tuple(compare(first, other, len(others)) if first and other else None for other in others)

    @property
    def same_replicates(self) -> bool:
        """Whether two runs share replicates: equal settings except the seeds, and a seed in both."""
        # a replicate depends on its settings and its own seed, not on the other replicates of its run
        each = [{**run.config.to_settings(), "seed": 0, "replicates": 0} for run in self.runs]
        seeds = [set(run.config.seeds) for run in self.runs]
        pairs = [(i, j) for i in range(len(self.runs)) for j in range(i)]
        return any(each[i] == each[j] and seeds[i] & seeds[j] for i, j in pairs)

    def to_json(self) -> dict[str, Any]:
        """Returns the content of `seqmem show A B --json`."""
        runs = [
            {"run": str(run.path), "settings": run.config.to_settings(), **run.summary.to_json()} for run in self.runs
        ]
        names = [str(run.path) for run in self.runs]
        differences = [
            None
            if each is None
            else {"run": name, "compared_with": names[0], **vars(each), "different": each.different}
            for name, each in zip(names[1:], self.differences, strict=True)
        ]
        return to_plain({"runs": runs, "settings": self.settings, "differences": differences})


def _sample(run: RunResult) -> Sample:
    # None is censored: not solved within the budget
    times = tuple(each.presentations_to_success if each.solved else None for each in run.replicates)
    return Sample(times, sum(each.solved for each in run.replicates), run.config.budget)
