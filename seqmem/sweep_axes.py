"""What a sweep varies, as plain values, and how it is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Axis:
    """A setting that a sweep varies: over a list of values, or between two numbers.

    Attributes:
        name: The setting.
        values: The values in order, as a TOML file holds them; None leaves an optional setting out. Empty between
            two numbers, which only a search can try.
        low, high: The two numbers.
        log: Whether equal ratios between them are equally likely, rather than equal steps.
        whole: Whether only whole numbers are tried between them.
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False

    @property
    def continuous(self) -> bool:
        """Whether it lies between two numbers."""
        return not self.values

    def __str__(self) -> str:
        if self.continuous:
            return f"{self.name}={self.low:g}{'~' if self.log else '..'}{self.high:g}"
        return f"{self.name}=" + ",".join(shown_value(value) for value in self.values)


def shown_value(value: Any) -> str:
    """Returns a value of an axis in a few letters."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    return str(value)


def shown_values(values: Mapping[str, Any]) -> str:
    """Returns a trial's values as ``gap 3, units 5``."""
    return ", ".join(f"{name.replace('_', ' ')} {shown_value(value)}" for name, value in values.items())
