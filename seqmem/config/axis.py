"""The axes of a sweep: what it varies, as plain values."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

from seqmem.config.run_config import setting_fields
from seqmem.errors import SettingError, UsageError, did_you_mean, one_line
from seqmem.settings import Choice, Integer, Kind, Number, Settings, Span, Value, Window

# `8..64`, `8..64+8`, `8..64*2`: a range with steps. `8~64`: any value between, on a logarithmic scale.
# Both ends match as little as possible; a + or * after an e belongs to a number, as in 1e+3, and starts no step.
RANGE = re.compile(r"(?P<low>.+?)(?P<mark>\.\.|~)(?P<high>.+?)(?:(?<![eE])(?P<by>[*+])(?P<step>[^*+]+))?")
NOT_SET = "none"
MOST_VALUES = 100_000


@dataclasses.dataclass(frozen=True)
class Axis:
    """A setting that a sweep varies: over a list of values, or between two numbers.

    Attributes:
        name: The setting.
        values: The values in order, as in a TOML file; for `sequences`, names of files. None leaves an optional setting
            out. Empty for a continuous axis, which only a search can sample.
        low, high: The two numbers.
        log: Whether values are sampled on a logarithmic scale.
        whole: Whether only whole numbers are sampled.
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False

    @property
    def continuous(self) -> bool:
        """Whether the axis is an interval between two numbers."""
        return not self.values

    def __str__(self) -> str:
        if self.continuous:
            return f"{self.name}={self.low:g}{'~' if self.log else '..'}{self.high:g}"
        return f"{self.name}=" + ",".join(shown_value(value) for value in self.values)


def shown_value(value: Value) -> str:
    """Returns a value of an axis in a few characters."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}"  # two trials that look alike still have different numbers
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    return str(value)


def shown_values(values: Settings) -> str:
    """Returns a trial's values as ``gap 3, units 5``."""
    return ", ".join(f"{name.replace('_', ' ')} {shown_value(value)}" for name, value in values.items())


def without_none(values: Settings) -> dict[str, Any]:
    """Returns the values of a trial that are set."""
    return {name: value for name, value in values.items() if value is not None}


def axis_to_json(axis: Axis) -> dict[str, Any]:
    """Returns an axis as `plan.json` holds it."""
    # `whole` follows from the setting
    names = ("name", "low", "high", "log") if axis.continuous else ("name", "values")
    return {name: getattr(axis, name) for name in names}


def axis_from_json(document: Value) -> Axis:
    """Builds an axis from the output of `axis_to_json`; ValueError or UsageError for anything else."""
    if not isinstance(document, dict) or not isinstance(document.get("name"), str):
        raise ValueError("an axis must be an object with a name")
    if "values" in document:
        return read_axis(document["name"], document["values"])
    low, high = document.get("low"), document.get("high")
    if not all(isinstance(end, (int, float)) and math.isfinite(end) for end in (low, high)):
        raise ValueError(f"axis {document['name']} must have values, or low and high")
    return _between(document["name"], low, high, document.get("log") is True)


def parse_axis(text: str) -> Axis:
    """Reads an axis as it is typed: ``gap=3,10,30``, ``units=8..64*2``, ``learning-rate=1e-4~1e-1``.

    Raises:
        UsageError: In one line that says which setting, value or bound is wrong.
    """
    name, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise UsageError(f"--vary {one_line(text, 60)}: must be SETTING=VALUES, such as gap=3,10,30", "vary", text)
    try:
        return read_axis(name, values)
    except UsageError as error:
        line = f"--vary {one_line(text, 60)}: {error}"
        raise UsageError(line, error.setting or "vary", text if error.setting is None else error.value) from None


def read_axis(name: str, values: Value) -> Axis:
    """Builds an axis from a setting's name and a list of values, or the text of a list or range.

    Raises:
        UsageError: If there is no such setting, or a value is not allowed.
    """
    fields = setting_fields()
    name = name.strip().replace("-", "_")
    if name not in fields:
        raise UsageError(f"unknown setting '{one_line(name, 60)}'{did_you_mean(name, fields)}", name)
    kind = fields[name].metadata["kind"]
    if isinstance(values, str):
        # for numbers only: the name of a file of sequences may contain two dots, as in ../mine.txt
        ends = RANGE.fullmatch(values.strip()) if _is_numeric(kind) else None
        if ends is not None:
            return _range(name, kind, **ends.groupdict())
        values = [part.strip() for part in values.split(",")]
    if not isinstance(values, (list, tuple)) or not values:
        raise UsageError(f"{name}: must be a list of values")
    written = tuple(_read_value(name, kind, value) for value in values)
    for index, value in enumerate(written):
        if value in written[:index]:
            raise UsageError(f"{name}: {shown_value(value)} is there twice")
    return Axis(name, written)


def _read_value(name: str, kind: Kind, value: Value) -> Any:
    """The value as in TOML, or None for `none` if the setting may be left out."""
    if name == "sequences" and isinstance(value, str):
        return value  # the name of a file, whose content the plan holds
    # `none` may also be one of the choices
    own_word = isinstance(kind, Choice) and NOT_SET in kind.words
    if value is None or (value == NOT_SET and not own_word):
        # a window left out is the whole sequence
        if not kind.optional and not isinstance(kind, Window):
            raise SettingError(name, NOT_SET, "is a setting that always has a value")
        return None
    return kind.write(kind.read(name, value))


def _range(name: str, kind: Kind, low: str, mark: str, high: str, by: str | None, step: str | None) -> Axis:
    """Builds an axis from the parts of a range."""
    start, end = (_number(name, text) for text in (low, high))
    whole = not isinstance(kind, Number)
    if mark == "~":
        if by:
            raise UsageError(f"{name}: a range with ~ has no steps: write {low}..{high}{by}{step}")
        return _between(name, start, end, log=True)
    if by is None and not whole:
        return _between(name, start, end, log=False)
    stride = _number(name, step or "1")
    growing = stride > 1 and start > 0 if by == "*" else stride > 0
    if not start < end or not growing:
        raise UsageError(f"{name}: a range must grow from its first number to its last")
    # checked before the values are made: 0..1e9 would fill the memory
    count = math.log(end / start) / math.log(stride) if by == "*" else (end - start) / stride
    if count > MOST_VALUES:
        raise UsageError(f"{name}: makes more than {MOST_VALUES} values")
    # 1e-9: log 1000 / log 10 rounds to a little less than 3
    steps = range(math.floor(count + 1e-9) + 1)
    # twelve digits: 0.001 times 10 must be 0.01, not the neighbouring float
    values = [float(f"{start * stride**index if by == '*' else start + stride * index:.12g}") for index in steps]
    return read_axis(name, [int(value) if whole and value.is_integer() else value for value in values])


def _between(name: str, low: Any, high: Any, log: bool) -> Axis:
    field = setting_fields().get(name)
    if field is None or not _is_numeric(field.metadata["kind"]):
        raise UsageError(f"{name}: a range needs a setting that is a number")
    kind, whole = field.metadata["kind"], not isinstance(field.metadata["kind"], Number)
    ends = [int(end) if whole and float(end).is_integer() else end for end in (low, high)]
    for end in ends:
        kind.read(name, end)  # for its error; every value between two allowed ones is allowed too
    if not low < high or (log and low <= 0):
        raise UsageError(f"{name}: a range must grow from its first number to its last" + " and be above 0" * log)
    return Axis(name, low=ends[0], high=ends[1], log=log, whole=whole)


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan  # refused below, as `inf` and `nan` are when typed
    if not math.isfinite(number):
        raise SettingError(name, text.strip(), "must be a number")
    return number


def _is_numeric(kind: Kind) -> bool:
    return isinstance(kind, (Integer, Number, Span, Window))
