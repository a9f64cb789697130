"""Dataclasses of plain values to and from what JSON holds, with every type checked on the way back."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqmem.errors import DamagedFileError, one_line

Reader = Callable[[Any, str], Any]


def json_text(content: Any) -> str:
    """Returns strict JSON; numbers that are not finite become null."""
    return json.dumps(to_plain(content), indent=2, allow_nan=False) + "\n"


def json_bytes(document: Any) -> bytes:
    """Returns a document as one line of JSON: numbers that are not finite become null, never NaN."""
    text = json.dumps(to_plain(document), ensure_ascii=False, allow_nan=False)
    # halves of characters, as in a command line that is not UTF-8, become JSON escapes
    return text.encode("utf-8", "backslashreplace")


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Returns the JSON object that a file's content is.

    Raises:
        DamagedFileError: If it is none, or holds NaN or infinity.
    """
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise DamagedFileError(path, "is not UTF-8 text") from None
    except RecursionError:
        raise DamagedFileError(path, "is nested too deeply") from None
    except ValueError as error:
        raise DamagedFileError(path, f"is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise DamagedFileError(path, "is not a JSON object")
    return document


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def to_plain(value: Any) -> Any:
    """Returns a value as JSON can hold it.

    Dataclasses become dictionaries, tuples lists, numpy's values Python's, and numbers that are not finite None.
    """
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "tolist"):
        return to_plain(value.tolist())
    raise TypeError(f"{type(value).__name__} is no plain value")


def printable(value: Any) -> Any:
    """Returns a plain value with nothing in its texts that a terminal would obey, for values from a stranger."""
    if isinstance(value, str):
        return one_line(value, 10_000)
    if isinstance(value, dict):
        return {printable(key): printable(one) for key, one in value.items()}
    return [printable(one) for one in value] if isinstance(value, list) else value


def from_plain(hint: Any, value: Any, name: str) -> Any:
    """Reads what `to_plain` wrote as the type that an annotation names.

    Args:
        hint: A dataclass, or an annotation made of float, int, bool, str, None, `|`, tuple, dict and Any.
            Where a float must stand, null is read as NaN.
        value: What JSON holds.
        name: What to call it in an error.

    Raises:
        ValueError: If a key is missing or unknown, or a value is not of its type.
    """
    return _reader(hint)(value, name)


@functools.cache
def _reader(hint: Any) -> Reader:
    """Builds the reader of one annotation, once."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    none = types.NoneType
    if hint is Any:
        return lambda value, name: value
    if hint in _SCALARS:
        return _SCALARS[hint]
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(hint)
    if origin in (typing.Union, types.UnionType):
        return _union_reader([_reader(one) for one in arguments if one is not none], optional=none in arguments)
    if origin is tuple:
        readers = [_reader(one) for one in arguments if one is not Ellipsis]
        return _tuple_reader(readers, any_length=arguments[-1] is Ellipsis)
    if origin is dict:
        return _dict_reader(_reader(arguments[1]))
    raise TypeError(f"no reader for {hint}")


def _read_float(value: Any, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        raise ValueError(f"{name} must be a number")
    return float(value)


def _read_int(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(f"{name} must be a whole number of at least 0")
    return value


def _read_bool(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def _read_str(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value


_SCALARS: dict[Any, Reader] = {float: _read_float, int: _read_int, bool: _read_bool, str: _read_str}


def _union_reader(readers: list[Reader], optional: bool) -> Reader:
    def read(value: Any, name: str) -> Any:
        if value is None and optional:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value, name)
            except ValueError:
                continue
        return readers[-1](value, name)

    return read


def _tuple_reader(readers: list[Reader], any_length: bool) -> Reader:
    def read(value: Any, name: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or not (any_length or len(value) == len(readers)):
            raise ValueError(f"{name} must be a list" + ("" if any_length else f" of {len(readers)}"))
        if any_length:
            return tuple([readers[0](one, name) for one in value])
        return tuple([reader(one, name) for reader, one in zip(readers, value, strict=True)])

    return read


def _dict_reader(reader: Reader) -> Reader:
    def read(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object")
        return {key: reader(one, f"{name}.{key}") for key, one in value.items()}

    return read


def _dataclass_reader(cls: Any) -> Reader:
    hints = typing.get_type_hints(cls)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(cls)}

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object")
        if odd := sorted(value.keys() ^ readers.keys()):
            raise ValueError(
                f"{name} has no {odd[0]}" if odd[0] in readers else f"{name} has an unknown key {odd[0]!r}"
            )
        return cls(**{key: reader(value[key], f"{name}.{key}") for key, reader in readers.items()})

    return read
