"""Settings: the kinds of their values, and how a field declares one.

Command-line option, TOML key, sweep axis and JSON key are generated from that field. Nothing here imports numpy, rich
or click, so that `--help` and errors appear at once.
"""

from __future__ import annotations

import dataclasses
import math
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from seqmem.errors import SettingError, did_you_mean

# A value that no kind has read yet: anything from Python, TOML, JSON or the command line.
Value: TypeAlias = object
Settings: TypeAlias = Mapping[str, Value]

LARGEST = sys.float_info.max
# control characters of terminals, and surrogates, which cannot be encoded
CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclasses.dataclass(frozen=True)
class Kind:
    """The kind of values that a setting takes.

    Attributes:
        optional: Whether the setting may be None, that is, left out.
        metavar: Placeholder of the value in `--help`.
        held: The type of a value that has been read.
    """

    optional: bool = dataclasses.field(default=False, kw_only=True)
    metavar = "VALUE"
    held: ClassVar[type | tuple[type, ...]] = str

    def read(self, name: str, value: Value) -> Any:
        """Reads text, or a value of TOML or JSON; raises SettingError naming the setting."""
        if value is None and self.optional:
            return None
        if isinstance(value, str):
            return self.check(name, self.parse(name, value.strip()))
        return self.check(name, value)

    def accept(self, name: str, value: Value) -> Any:
        """Checks a value that has been read before; reads any other."""
        return self.check(name, value) if isinstance(value, self.held) else self.read(name, value)

    def parse(self, name: str, text: str) -> Value:
        """Returns the value of a text; text without a value is returned as it is, for `check` to refuse."""
        return text

    def check(self, name: str, value: Value) -> Any:
        """Returns the value if it is allowed, else raises SettingError."""
        return value

    def write(self, value: Value) -> Value:
        """Returns the value for JSON and TOML, from which `read` restores it."""
        return value


@dataclasses.dataclass(frozen=True)
class Integer(Kind):
    """A whole number from `low` to `high`, both included."""

    low: int = 0
    high: int = 2**31 - 1
    metavar = "N"
    held = int

    def parse(self, name: str, text: str) -> Value:
        try:
            return int(text)
        except ValueError:
            raise SettingError(name, text, f"must be a whole number {self._range()}") from None

    def check(self, name: str, value: Value) -> int:
        # bool is a subclass of int in Python, but `units = true` is a mistake
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise SettingError(name, value, f"must be a whole number {self._range()}")
        return value

    def _range(self) -> str:
        # the default upper bound is a technical one, so errors name the lower bound only
        return f"of at least {self.low}" if self.high >= 2**31 - 1 else f"from {self.low} to {self.high}"


@dataclasses.dataclass(frozen=True)
class Number(Kind):
    """A finite number above `above` and at most `high`."""

    above: float = -math.inf
    high: float = math.inf
    metavar = "X"
    held = (int, float)

    def parse(self, name: str, text: str) -> Value:
        try:
            return float(text)
        except ValueError:
            raise SettingError(name, text, f"must be {self._range()}") from None

    def check(self, name: str, value: Value) -> float:
        # compared first, because `float` raises on integers that are too large
        low, high = max(self.above, -LARGEST), min(self.high, LARGEST)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low < value <= high:
            raise SettingError(name, value, f"must be {self._range()}")
        return float(value)

    def _range(self) -> str:
        bounds = [f"above {self.above:g}"] if self.above > -math.inf else []
        bounds += [f"at most {self.high:g}"] if self.high < math.inf else []
        return "a number " + " and ".join(bounds) if bounds else "a finite number"


@dataclasses.dataclass(frozen=True)
class Choice(Kind):
    """One of a few words."""

    words: tuple[str, ...] = ()

    @property
    def metavar(self) -> str:  # type: ignore[override]
        return "|".join(self.words)

    def check(self, name: str, value: Value) -> str:
        if value not in self.words:
            hint = did_you_mean(str(value), self.words)
            raise SettingError(name, value, f"must be one of {', '.join(self.words)}{hint}")
        return str(value)


@dataclasses.dataclass(frozen=True)
class Flag(Kind):
    """Yes or no. On the command line `--name/--no-name`, or `--name/--off` with a word `off` for "no"."""

    off: str | None = None
    metavar = ""
    held = bool

    def option(self, name: str, value: bool) -> str:
        """Returns the option for a value: `--stop`, `--no-stop`, `--stateless`."""
        word = name if value else self.off or f"no_{name}"
        return "--" + word.replace("_", "-")

    def parse(self, name: str, text: str) -> Value:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)

    def check(self, name: str, value: Value) -> bool:
        if not isinstance(value, bool):
            raise SettingError(name, value, "must be true or false")
        return value


@dataclasses.dataclass(frozen=True)
class Span(Kind):
    """A whole number, or a range `N:M` of them with both ends included; held as `(low, high)`."""

    low: int = 1
    high: int = 1_000_000
    metavar = "N|N:M"
    held = tuple

    def parse(self, name: str, text: str) -> Value:
        try:
            ends = [int(end) for end in text.split(":")]  # an empty end, as in `3:`, is no number
        except ValueError:
            raise SettingError(name, text, self._allowed()) from None
        return tuple(ends) if len(ends) == 2 else ends[0] if len(ends) == 1 else text  # text is refused by `check`

    def check(self, name: str, value: Value) -> tuple[int, int]:
        ends = (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, (list, tuple)) else ()
        whole = len(ends) == 2 and all(isinstance(end, int) and not isinstance(end, bool) for end in ends)
        if not whole or not self.low <= ends[0] <= ends[1] <= self.high:
            raise SettingError(name, self.write(value) if whole else value, self._allowed())
        return ends

    def write(self, value: Value) -> Value:
        low, high = value if isinstance(value, tuple) else (value, value)
        return low if low == high else f"{low}:{high}"

    def _allowed(self) -> str:
        return f"must be a whole number or a range N:M, from {self.low} to {self.high}"


@dataclasses.dataclass(frozen=True)
class Words(Kind):
    """Words set apart by blanks, or a list of them."""

    metavar = '"A B C"'
    held = tuple

    def parse(self, name: str, text: str) -> Value:
        return text.split()

    def check(self, name: str, value: Value) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or not value:
            raise SettingError(name, value, "must be words set apart by blanks")
        words = tuple(str(word) for word in value)
        if any(not word or word.split() != [word] for word in words):
            raise SettingError(name, value, "must be words without blanks in them")
        if any(CONTROL_CHARACTERS.search(word) for word in words):
            raise SettingError(name, " ".join(words), "must be words without control characters in them")
        return words

    def write(self, value: Value) -> Value:
        return list(value) if isinstance(value, tuple) else None  # TOML and JSON know no tuples


def setting(default: Value, kind: Kind, help: str, group: str) -> Any:
    """Declares a dataclass field as a setting.

    Args:
        default: The value if it is not given.
        kind: The kind of its values.
        help: One sentence for `--help`.
        group: Its heading in `--help`: Task, Network, Training or Run.
    """
    return dataclasses.field(default=default, metadata={"kind": kind, "help": help, "group": group})


def settings_of(cls: type) -> Iterator[dataclasses.Field[Any]]:
    """Yields the fields of a dataclass that were declared with `setting`."""
    return (field for field in dataclasses.fields(cls) if "kind" in field.metadata)


def read_settings(instance: object) -> None:
    """Reads the value of each setting of a frozen dataclass instance by its kind; for `__post_init__`."""
    for field in settings_of(type(instance)):
        value = field.metadata["kind"].accept(field.name, getattr(instance, field.name))
        object.__setattr__(instance, field.name, value)


@dataclasses.dataclass(frozen=True)
class Window(Kind):
    """A number of time steps, or `sequence` (held as None)."""

    metavar = "N|sequence"
    held = int

    def read(self, name: str, value: Value) -> Any:
        return None if value in (None, "sequence") else super().read(name, value)

    def parse(self, name: str, text: str) -> Value:
        # `isdigit` accepts ² too, but `int` does not; nor does `int` accept more than 4,300 digits
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text

    def check(self, name: str, value: Value) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise SettingError(name, value, "must be a number of steps of at least 1, or 'sequence'")
        return value

    def write(self, value: Value) -> Value:
        return "sequence" if value is None else value


@dataclasses.dataclass(frozen=True)
class Init:
    """The initialisation of a network's weights.

    Attributes:
        kind: `glorot` (Keras' own initializers), `chrono`, or `uniform` (every weight and bias from -bound to bound).
        bound: Of `uniform`; 0 for the others.
    """

    kind: str
    bound: float = 0.0

    def __str__(self) -> str:
        return f"uniform:{self.bound!r}".removesuffix(".0") if self.kind == "uniform" else self.kind


@dataclasses.dataclass(frozen=True)
class InitText(Kind):
    """`glorot`, `chrono` or `uniform:X`; see `Init`."""

    metavar = "glorot|chrono|uniform:X"
    held = Init

    def parse(self, name: str, text: str) -> Value:
        word, _, bound = text.partition(":")
        try:
            return Init(word, float(bound)) if word == "uniform" else Init(text)
        except ValueError:
            return text

    def check(self, name: str, value: Value) -> Init:
        uniform = isinstance(value, Init) and value.kind == "uniform" and 0 < value.bound <= 100
        if not isinstance(value, Init) or not (uniform or value in (Init("glorot"), Init("chrono"))):
            raise SettingError(name, value, "must be glorot, chrono, or uniform:X with X above 0 and at most 100")
        return value

    def write(self, value: Value) -> Value:
        return None if value is None else str(value)
