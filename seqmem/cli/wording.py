"""How what a user typed is spelled in an answer."""

from __future__ import annotations

from typing import Any

from seqmem.config import setting_fields
from seqmem.errors import one_line

LONGEST_VALUE = 60


def option_name(setting: str) -> str:
    """Returns the option of a setting: ``learning_rate`` is typed ``--learning-rate``."""
    return "--" + setting.replace("_", "-")


def quoted(value: Any) -> str:
    """Returns a value on one line: in quotes where it has blanks, cut where it is long."""
    text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = one_line(text, LONGEST_VALUE)
    return f'"{text}"' if not text or " " in text else text


def typed_option(setting: str, value: Any) -> str:
    """Returns a setting as it is typed: ``--gap 3``, ``--no-stop``, ``--sequence "a b"``."""
    if setting == "sequences":
        return f"--sequence {quoted(value)}"
    if isinstance(value, bool):
        return setting_fields()[setting].metadata["kind"].option(setting, value)
    return f"{option_name(setting)} {quoted(value)}"
