"""Dataclasses of plain values to JSON and back, with types checked."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
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
    # surrogates, from a command line that is not UTF-8, become JSON escapes
    return text.encode("utf-8", "backslashreplace")


def document_bytes(document: Mapping[str, object]) -> bytes:
    """Returns a JSON object with one line per key, so that a diff shows which part differs."""
    lines = [json_bytes(key) + b": " + json_bytes(value) for key, value in document.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Returns the JSON object in the content of a file.

    Raises:
        DamagedFileError: If it is no JSON object, or holds NaN, infinity, or a number larger than any run can reach.
    """
    # in memory each takes 20 times its two bytes; no result, plan or record comes near this many
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
    # 1e400 is valid JSON, but infinite in Python
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _int(text: str) -> int:
    number = int(text)
    # no count of a run exceeds int64
    if not abs(number) < 2**63:
        raise ValueError("a number is too large")
    return number


def to_plain(value: object) -> Any:
    """Returns a value for JSON: dataclasses become dictionaries, tuples lists, and non-finite numbers None."""
    if isinstance(value, float):
        # `float` also converts a numpy float64, which is a subclass
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
    """Returns a plain value with control characters in its texts escaped, for values from a stranger."""
    if isinstance(value, str):
        return one_line(value, 10_000)
    if isinstance(value, dict):
        return {escape_control_characters(key): escape_control_characters(part) for key, part in value.items()}
    return [escape_control_characters(part) for part in value] if isinstance(value, list) else value


def from_plain(hint: Any, value: object, name: str) -> Any:
    """Converts the output of `to_plain` to a type; unknown keys, perhaps of a later version, are ignored.

    Args:
        hint: A dataclass, or an annotation made of float, int, bool, str, None, `|`, tuple, dict and Any. For a float,
            null is read as NaN.
        value: A value from JSON.
        name: Its name in errors.

    Raises:
        ValueError: If a key is missing, or a value is not of its type.
    """
    try:
        return msgspec.convert(_nan_for_null(hint, value), hint)
    except msgspec.ValidationError as error:
        # msgspec says: Expected `int`, got `str` - at `$.metrics.loss`
        problem, _, place = str(error).partition(" - at `$")
        raise ValueError(f"{name}{place.removesuffix('`')}: {problem[0].lower()}{problem[1:]}") from None


def _nan_for_null(hint: Any, value: object) -> object:
    """A plain value with NaN for each null in the place of a float, since msgspec reads null only as None."""
    if hint is float and value is None:
        return math.nan
    if isinstance(hint, types.UnionType):
        # of `X | None`: null itself stays null
        others = [part for part in typing.get_args(hint) if part is not type(None)]
        return _nan_for_null(others[0], value) if len(others) == 1 and value is not None else value
    if isinstance(value, list) and typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        # only these can contain a null for NaN; long lists of whole numbers are passed on unchanged
        changes = inner is float or typing.get_origin(inner) is tuple or dataclasses.is_dataclass(inner)
        return [_nan_for_null(inner, part) for part in value] if changes else value
    if isinstance(value, dict) and isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = _hints(hint)
        return {key: _nan_for_null(hints.get(key), part) for key, part in value.items()}
    return value


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)
