"""The axis of a chart: positions of values, and round values for ticks."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Axis:
    """A range of values over `size` dots, linear or logarithmic.

    Attributes:
        low, high: The values at both ends.
        size: Number of dots.
        log: Whether the axis is logarithmic.
        inset: Dots left free at both ends.
    """

    low: float
    high: float
    size: int
    log: bool = False
    inset: int = 0

    def dot(self, value: float) -> int:
        """Returns the dot nearest to a value; values outside are moved to the nearer end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return self.inset + round((at - low) / (high - low) * (self.size - 1 - 2 * self.inset))

    def ticks(self, most: int, whole: bool = False) -> list[float]:
        """Returns at most about `most` round values within the range, whole numbers if asked."""
        if self.log:
            # from fine to coarse: the first with few enough ticks
            for digits, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3), ((1,), 5)):
                exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                values = [digit * 10.0**power for power in exponents if not power % stride for digit in digits]
                # tolerance of a thousandth: 0.3 and 3 * 0.1 are different floats
                inside = [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]
                if len(inside) <= most:
                    break
            return inside
        step = round_step((self.high - self.low) / max(1, most), whole)
        # 1e-9: 0.3 / 0.1 rounds to a little less than 3
        first = math.ceil(self.low / step - 1e-9)
        return [step * index for index in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float, whole: bool = False) -> float:
    """Returns the smallest of ..., 0.1, 0.2, 0.5, 1, 2, 5, 10, ... that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def fit_axis(values: Iterable[float], size: int, log: bool | None, inset: int = 0) -> Axis:
    """Returns an axis for values (finite, at least one) with round ends.

    With `log` of None it is logarithmic if the values are positive and span more than a factor of ten.
    """
    ends = list(values)
    low, high = min(ends), max(ends)
    if log is None:
        log = low > 0 and high / low > 10
    if log:
        positive = [value for value in ends if value > 0] or [1.0]
        low, high = _round_down(min(positive)), _round_up(high if high > 0 else 1.0)
        return Axis(low, high if high > low else 10 * low, size, log=True, inset=inset)
    low = min(low, 0.0)  # losses and rates are read against zero
    step = round_step((high - low or abs(high) or 1.0) / 4)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Axis(low, high if high > low else low + step, size, inset=inset)


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(digit * power for digit in (5, 2, 1) if digit * power <= value * 1.001)


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= value * 0.999)
