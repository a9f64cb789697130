"""Dataclasses of plain values to JSON and back, every type checked."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from seqmem.errors import DamagedFileError, one_line

MOST_CONTAINERS = 2**20


def json_text(content: object) -> str:
    """Returns strict JSON; numbers that are not finite become null."""
    return json.dumps(to_plain(content), indent=2, allow_nan=False) + "\n"


def json_bytes(document: object) -> bytes:
    """Returns a document as one line of JSON: numbers that are not finite become null, never NaN."""
    text = json.dumps(to_plain(document), ensure_ascii=False, allow_nan=False)
    # halves of characters, as in a command line that is not UTF-8, become JSON escapes
    return text.encode("utf-8", "backslashreplace")


def document_bytes(document: Mapping[str, object]) -> bytes:
    """Returns a JSON object with one line per key."""
    # a line of its own for each key: a diff shows which part of a result differs
    lines = [json_bytes(key) + b": " + json_bytes(value) for key, value in document.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Returns the JSON object that a file's content is.

    Raises:
        DamagedFileError: If it is none, or holds NaN, infinity, or a number as large as no run can reach.
    """
    # each takes 20 times its two bytes in memory, and no result, plan or record has nearly as many
    if content.count(b"[") + content.count(b"{") > MOST_CONTAINERS:
        raise DamagedFileError(path, f"holds more than {MOST_CONTAINERS} lists and objects")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_float, parse_float=_float, parse_int=_int)
    except UnicodeDecodeError:
        raise DamagedFileError(path, "is not UTF-8 text") from None
    except RecursionError:
        raise DamagedFileError(path, "is nested too deeply") from None
    except ValueError as error:
        raise DamagedFileError(path, f"is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise DamagedFileError(path, "is not a JSON object")
    return document


def _float(text: str) -> float:
    number = float(text)
    # 1e400 is JSON and reads as infinity
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _int(text: str) -> int:
    number = int(text)
    # beyond int64, which no count of a run reaches
    if not abs(number) < 2**63:
        raise ValueError("a number is too large")
    return number


def to_plain(value: object) -> Any:
    """Returns a value as JSON can hold it.

    Dataclasses become dictionaries, tuples lists, numpy's values Python's, and numbers that are not finite None.
    """
    if isinstance(value, float):
        # a numpy float64 is a float as well: `float` takes off its type
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(part) for part in value]
    if dataclasses.is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "tolist"):  # numpy's arrays and numbers
        return to_plain(value.tolist())
    raise TypeError(f"{type(value).__name__} is no plain value")


def escape_control_characters(value: object) -> Any:
    """Returns a plain value with nothing in its texts that a terminal would obey, for values from a stranger."""
    if isinstance(value, str):
        return one_line(value, 10_000)
    if isinstance(value, dict):
        return {escape_control_characters(key): escape_control_characters(part) for key, part in value.items()}
    return [escape_control_characters(part) for part in value] if isinstance(value, list) else value


def from_plain(hint: Any, value: object, name: str) -> Any:
    """Reads what `to_plain` wrote as the type that an annotation names; keys that it does not name are passed over.

    Args:
        hint: A dataclass, or an annotation made of float, int, bool, str, None, `|`, tuple, dict and Any.
            Where a float must stand, null is read as NaN.
        value: What JSON holds.
        name: What to call it in an error.

    Raises:
        ValueError: If a key is missing, or a value is not of its type.
    """
    try:
        # unknown keys are passed over: a later version may have added them
        return msgspec.convert(_nan_for_null(hint, value), hint)
    except msgspec.ValidationError as error:
        # msgspec says: Expected `int`, got `str` - at `$.metrics.loss`
        problem, _, place = str(error).partition(" - at `$")
        raise ValueError(f"{name}{place.removesuffix('`')}: {problem[0].lower()}{problem[1:]}") from None


def _nan_for_null(hint: Any, value: object) -> object:
    """A plain value with NaN wherever null stands for a float: msgspec takes null for None alone."""
    if hint is float and value is None:
        return math.nan
    if isinstance(value, list) and typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        # only these can hold a null that means NaN: long lists of whole numbers are passed on as they are
        changes = inner is float or dataclasses.is_dataclass(inner)
        return [_nan_for_null(inner, part) for part in value] if changes else value
    if isinstance(value, dict) and isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = _hints(hint)
        return {key: _nan_for_null(hints.get(key), part) for key, part in value.items()}
    return value


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)
