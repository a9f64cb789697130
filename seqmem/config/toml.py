"""Settings in a TOML file: flat keys, the same words as the options."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from seqmem.config.run_config import RunConfig, setting_fields, task_kind
from seqmem.errors import UsageError, did_you_mean, one_line

LIMIT = 16 * 2**20  # bytes: room for a hundred thousand sequences of the user's own
GROUPS = ("Task", "Network", "Training")


def read_settings_file(path: Path) -> dict[str, Any]:
    """Reads a file of settings, not all of which need be there.

    Returns:
        The settings as they are written in the file, for `RunConfig.from_settings`.

    Raises:
        UsageError: If the file cannot be read or is not TOML, or a key or a value is not allowed.
    """
    return check_settings(read_toml_file(path), str(path))


def read_toml_file(path: Path) -> dict[str, Any]:
    """Reads a TOML file, whatever is in it; raises UsageError as `read_settings_file` does."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    if len(content) > LIMIT:
        raise UsageError(f"{path}: is larger than {LIMIT} bytes")
    return _parse_toml(content, str(path))


def parse_settings(content: bytes, source: str) -> dict[str, Any]:
    """Reads the content of a file of settings; `source` is its name in errors. See `read_settings_file`."""
    return check_settings(_parse_toml(content, source), source)


def _parse_toml(content: bytes, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{source}: is not UTF-8 text") from None
    except RecursionError:
        raise UsageError(f"{source}: is nested too deeply") from None
    except ValueError as error:
        raise UsageError(f"{source}: is not TOML: {one_line(error, 200)}") from None


def check_settings(settings: dict[str, Any], source: str) -> dict[str, Any]:
    """Returns settings as they are, once each key and value of them is known to be allowed.

    Raises:
        UsageError: In a line that begins with `source`.
    """
    kinds = {"task": task_kind()} | {name: field.metadata["kind"] for name, field in setting_fields().items()}
    for key, value in settings.items():
        if key not in kinds:
            raise UsageError(f"{source}: unknown key '{one_line(key, 60)}'{did_you_mean(key, kinds)}")
        try:
            kinds[key].read(key, value)
        except UsageError as error:
            raise UsageError(f"{source}: {error}") from None
    return settings


def config_text(config: RunConfig) -> str:
    """Returns all settings of a run as TOML under a heading a group; read back, they make an equal config."""
    written = config.to_settings()
    lines: dict[str, list[str]] = {group: [] for group in GROUPS} | {"Task": [f"task = {toml_value(written['task'])}"]}
    for field, _ in config.settings():
        name = field.name
        line = f"{name} = {toml_value(written[name])}" if name in written else f"# {name} is not set"
        lines[field.metadata["group"]].append(line)
    parts = ["# All settings of a run: `seqmem train` with this file makes the same run."]
    parts += [f"# {group}\n" + "\n".join(lines[group]) for group in GROUPS]
    return "\n\n".join(parts) + "\n"


def toml_value(value: str | int | float | list[str]) -> str:
    """Returns a text, a truth value, a finite number or a list of texts as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but TOML has the delete character escaped too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    return repr(value)
