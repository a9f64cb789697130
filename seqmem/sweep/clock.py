"""How long the rest of a sweep will take, told by how what has ended compares with what was guessed of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


class Clock:
    """Knows how much of the work that was guessed is done, and since when it is being done.

    Args:
        guesses: Seconds that were guessed for each trial that is missing, by its number. They need only be right in
            proportion: a gap of 1,000 takes longer than one of 3.
        clock: Tells the seconds.
    """

    def __init__(self, guesses: Mapping[int, float], clock: Callable[[], float] = time.monotonic):
        self._guesses, self._clock = dict(guesses), clock
        self._began, self._done, self._left = clock(), 0.0, sum(guesses.values())

    def end(self, number: int) -> None:
        """Takes in that a trial has just ended."""
        self._done += self._guesses[number]
        self._left -= self._guesses.pop(number)

    def leave_out(self, number: int) -> None:
        """Takes in that a trial was finished before."""
        self._left -= self._guesses.pop(number)

    def seconds_left(self) -> float | None:
        """Returns how long what is left will take; None before the first trial has ended."""
        if not self._done:
            return None
        return (self._clock() - self._began) / self._done * self._left if self._guesses else 0.0
