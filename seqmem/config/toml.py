"""Settings in a TOML file: flat keys, the same words as the options."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError, one_line

LIMIT = 16 * 2**20  # bytes: enough for a hundred thousand sequences
GROUPS = ("Task", "Network", "Training")


def read_toml_file(path: Path) -> dict[str, Any]:
    """Reads a TOML file, whatever is in it; raises UsageError if it cannot be read or is not TOML."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    if len(content) > LIMIT:
        raise UsageError(f"{path}: is larger than {LIMIT} bytes")
    return parse_toml(content, str(path))


def parse_toml(content: bytes, source: str) -> dict[str, Any]:
    """Reads the content of a TOML file; `source` is its name in errors. See `read_toml_file`."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))  # Windows' editors put a mark in front
    except UnicodeDecodeError:
        raise UsageError(f"{source}: is not UTF-8 text") from None
    except RecursionError:
        raise UsageError(f"{source}: is nested too deeply") from None
    except ValueError as error:
        raise UsageError(f"{source}: is not TOML: {one_line(error, 200)}") from None


def config_text(config: RunConfig) -> str:
    """Returns all settings of a run as TOML with one heading per group; reading it gives an equal config."""
    written = config.to_settings()
    lines: dict[str, list[str]] = {group: [] for group in GROUPS} | {"Task": [f"task = {toml_value(written['task'])}"]}
    for field, _ in config.settings():
        name = field.name
        # TOML has no null: what is left out is said in a comment
        line = f"{name} = {toml_value(written[name])}" if name in written else f"# {name} is not set"
        lines[field.metadata["group"]].append(line)
    parts = ["# All settings of a run: `seqmem train` with this file makes the same run."]
    parts += [f"# {group}\n" + "\n".join(lines[group]) for group in GROUPS]
    return "\n\n".join(parts) + "\n"


def toml_value(value: str | int | float | list[str]) -> str:
    """Returns a string, a bool, a finite number or a list of strings as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # TOML escapes like JSON, but also the delete character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
    return repr(value)
