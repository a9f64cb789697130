"""The moment at which a cell joins a head that is trained alone before."""

from __future__ import annotations

import dataclasses

from seqmem.errors import SettingError
from seqmem.settings import Kind, Value


@dataclasses.dataclass(frozen=True)
class JoinText(Kind):
    """`start` (held as None), `plateau`, or a number of presentations."""

    metavar = "start|plateau|N"
    held = int

    def read(self, name: str, value: Value) -> str | int | None:
        return None if value in (None, "start") else super().read(name, value)

    def parse(self, name: str, text: str) -> Value:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text

    def check(self, name: str, value: Value) -> str | int:
        if value == "plateau" or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
            return value
        raise SettingError(name, value, "must be start, plateau, or a number of presentations of at least 1")

    def write(self, value: Value) -> Value:
        return value
