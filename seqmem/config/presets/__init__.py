"""The presets: one TOML file each, whose first line is its summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqmem.config.toml import read_toml_file
from seqmem.errors import UsageError, did_you_mean

FOLDER = Path(__file__).parent


def preset_names() -> tuple[str, ...]:
    """Returns the names of all presets, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def preset_summary(name: str) -> str:
    """Returns the summary of a preset in one line; UsageError if there is no such preset."""
    return _preset_path(name).read_text(encoding="utf-8").splitlines()[0].removeprefix("#").strip()


def read_preset(name: str) -> dict[str, Any]:
    """Returns the settings of a preset as in its file; UsageError if there is no such preset."""
    return read_toml_file(_preset_path(name))


def _preset_path(name: str) -> Path:
    # only known names become a path: `..` opens nothing
    names = preset_names()
    if name not in names:
        line = f"unknown preset '{name}'{did_you_mean(name, names)}: there are {', '.join(names)}"
        raise UsageError(line, "preset", name)
    return FOLDER / f"{name}.toml"
