"""Which trial of a sweep runs next, so that little is compiled twice and no worker is left with the longest one."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from seqmem.config import RunConfig
from seqmem.sweep.estimate import Shape, shape_of, training_seconds
from seqmem.sweep_results import Trial


class ShapeOrder:
    """Trials that are known from the start, those that share compiled code one after another on the same worker.

    Args:
        trials: What is to run, with its settings.
        longest_first: Begin with the shapes whose trials train longest: with several workers, what is left for the end
            is then short. Else the order is that of the plan.
    """

    def __init__(self, trials: Iterable[tuple[Trial, RunConfig]], longest_first: bool):
        self._groups: dict[Shape, deque[Trial]] = {}
        seconds: dict[Shape, float] = {}
        for trial, config in trials:
            shape = shape_of(config)
            self._groups.setdefault(shape, deque()).append(trial)
            seconds[shape] = max(seconds.get(shape, 0.0), training_seconds(config))
        if longest_first:
            self._groups = {shape: self._groups[shape] for shape in sorted(seconds, key=lambda one: -seconds[one])}

    def next(self, freed: Shape | None, running: Collection[Shape]) -> Trial | None:
        """Returns the trial to begin, or None where none is left.

        Args:
            freed: What the worker that is free has compiled last.
            running: What the other workers have compiled.
        """
        if not self._groups:
            return None
        shape = freed if freed in self._groups else self._unshared(running)
        trial = self._groups[shape].popleft()
        if not self._groups[shape]:
            del self._groups[shape]
        return trial

    def _unshared(self, running: Collection[Shape]) -> Shape:
        """The first shape that nobody has compiled; where all are taken, the one with most trials left."""
        free = next((shape for shape in self._groups if shape not in running), None)
        return free or max(self._groups, key=lambda shape: len(self._groups[shape]))
