"""Settings from several sources, laid over each other: defaults, preset, TOML file, typed options."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqmem.cli.wording import quoted, typed_option
from seqmem.config import RunConfig, setting_fields
from seqmem.errors import SettingError, UsageError
from seqmem.tasks.explicit import read_sequences
from seqmem.user_cells import allow_user_cell

TASK_KEYS = {"task"} | {name for name, field in setting_fields().items() if field.metadata["group"] == "Task"}
# each of these takes the place of the other
RIVALS = {"epochs": "presentations", "presentations": "epochs"}


@dataclasses.dataclass(frozen=True)
class Layer:
    """The settings of one source.

    Attributes:
        settings: As a TOML file holds them.
        spell: How a setting and its value are named in an error, given both.
    """

    settings: Mapping[str, Any]
    spell: Callable[[str, Any], str]


def read_config(path: Path | None, preset: str | None, typed: Mapping[str, Any]) -> RunConfig:
    """Builds the config that a command was asked for.

    Args:
        path: A TOML file, or None.
        preset: Name of a preset, or None.
        typed: What click collected from the options of settings; None or empty where nothing was typed. A cell of the
            user's own that was typed may be imported from now on.

    Raises:
        UsageError: In one line that names the option, or the file and key, that is wrong.
    """
    layers = [
        *([_preset_layer(preset)] if preset else []),
        *([_file_layer(path)] if path else []),
        typed_layer(typed),
    ]
    allow_user_cell(typed.get("cell") or "")
    settings: dict[str, Any] = {}
    for layer in layers:
        settings = lay_over(settings, layer.settings)
    try:
        return RunConfig.from_settings(settings)
    except SettingError as error:
        source = next((layer for layer in reversed(layers) if error.setting in layer.settings), None)
        if source is None:
            raise
        raise UsageError(f"{source.spell(error.setting, error.value)}: {error.allowed}") from None


@contextlib.contextmanager
def spelled_as_options(typed: Mapping[str, Any]) -> Iterator[None]:
    """Names a setting that turns out wrong only later as it was typed."""
    try:
        yield
    except SettingError as error:
        if typed.get(error.setting) is None:
            raise
        raise UsageError(f"{typed_option(error.setting, error.value)}: {error.allowed}") from None


def lay_over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the settings of both, those of `upper` first.

    A budget in `upper` replaces the other budget of `lower`; another task replaces the whole task.
    """
    task = _task_of(upper)
    gone = {RIVALS[key] for key in upper if key in RIVALS}
    if task is not None and task != (_task_of(lower) or "conflicting"):
        gone |= TASK_KEYS
    return {key: value for key, value in lower.items() if key not in gone} | dict(upper)


def _task_of(settings: Mapping[str, Any]) -> str | None:
    return settings.get("task", "explicit" if "sequences" in settings else None)


def typed_layer(typed: Mapping[str, Any]) -> Layer:
    """Collects the options that were typed; `sequence` and the file `sequences` both become `sequences`."""
    settings = {key: value for key, value in typed.items() if key in setting_fields() and value is not None}
    file = settings.pop("sequences", None)
    settings |= own_sequences(typed.get("sequence", ()), file)

    def spell(setting: str, value: Any) -> str:
        if setting == "sequences":
            return str(file) if file else typed_option(setting, value)
        return typed_option(setting, settings[setting])

    return Layer(settings, spell)


def own_sequences(sequences: Sequence[str], file: Path | None) -> dict[str, Any]:
    """Returns the setting that `--sequence` or `--sequences` makes, empty where neither was typed."""
    if sequences and file:
        raise UsageError("--sequence does not go with --sequences: put all sequences into the file, or none")
    if file:
        return {"sequences": read_sequences(file)}
    return {"sequences": list(sequences)} if sequences else {}


def _preset_layer(name: str) -> Layer:
    from seqmem import presets

    return Layer(presets.read_preset(name), lambda setting, value: f"preset {name}: {setting} = {quoted(value)}")


def _file_layer(path: Path) -> Layer:
    from seqmem import config_file, presets

    if not path.exists() and str(path) in presets.preset_names():
        raise UsageError(f"{path}: no such file (did you mean --preset {path}?)")
    settings = config_file.read_settings_file(path)
    return Layer(settings, lambda setting, value: f"{path}: {setting} = {quoted(value)}")
