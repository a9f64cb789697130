"""A chart's axis: where a value lies, and which round values get a tick."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Axis:
    """A range of values laid over `size` dots, evenly or by the logarithm.

    Attributes:
        low, high: The values at both ends.
        size: Dots from end to end.
        log: Whether equal steps are equal ratios.
        inset: Dots left free at both ends: two put the ends of a y axis into the middle of their lines.
    """

    low: float
    high: float
    size: int
    log: bool = False
    inset: int = 0

    def dot(self, value: float) -> int:
        """Returns the dot nearest to a value; what lies outside goes to the nearer end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return self.inset + round((at - low) / (high - low) * (self.size - 1 - 2 * self.inset))

    def ticks(self, most: int, whole: bool = False) -> list[float]:
        """Returns at most about `most` round values within the range, whole numbers if asked."""
        if self.log:
            # from fine to coarse, the first that is not too many
            for digits, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3), ((1,), 5)):
                exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                values = [digit * 10.0**power for power in exponents if not power % stride for digit in digits]
                # a thousandth of room: 0.3 and 3 * 0.1 are not the same float
                inside = [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]
                if len(inside) <= most:
                    break
            return inside
        step = round_step((self.high - self.low) / max(1, most), whole)
        # 1e-9: 0.3 / 0.1 is a little less than 3
        first = math.ceil(self.low / step - 1e-9)
        return [step * index for index in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float, whole: bool = False) -> float:
    """Returns the smallest of 1, 2, 5, 10, 20, ... tenths and so on that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def fit_axis(values: Iterable[float], size: int, log: bool | None, inset: int = 0) -> Axis:
    """Returns an axis that holds the values, its ends at round ones.

    Args:
        values: Finite numbers, at least one.
        size: Dots.
        log: None takes the logarithm where the values are positive and span more than a factor of ten.
        inset: See `Axis`.
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
