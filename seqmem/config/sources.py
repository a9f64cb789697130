"""Settings from several sources, laid over each other: defaults, preset, TOML file, typed options."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.cells.user import is_user_cell
from seqmem.config.run_config import RunConfig, setting_fields, task_of
from seqmem.errors import SettingError, UsageError, one_line
from seqmem.tasks import named_task
from seqmem.tasks.explicit import read_sequences

if TYPE_CHECKING:
    from seqmem.config.axis import Axis
    from seqmem.config.request import Request

VARY = "vary"
TASK_KEYS = {"task"} | {name for name, field in setting_fields().items() if field.metadata["group"] == "Task"}
# each of these takes the place of the other
RIVALS = {"epochs": "presentations", "presentations": "epochs"}
LONGEST_VALUE = 60


def read_request(
    path: Path | None, preset: str | None, vary: tuple[str, ...], typed: Mapping[str, Any], how: Mapping[str, Any]
) -> Request:
    """Gathers the raw settings and the axes; what follows from them is left to each trial.

    Args:
        path: A TOML file of settings with a table of axes, or None.
        preset: Name of a preset, or None.
        vary: Axes as they were typed; each wins over the file's of the same setting.
        typed: What click collected from the options of settings.
        how: `search`, `count`, `rank`, `prune`, `threads` and `ahead`, None where not typed.

    Raises:
        UsageError: In one line that names the option, or the file and key, that is wrong.
    """
    from seqmem.config import presets
    from seqmem.config.axis import parse_axis
    from seqmem.config.request import Request

    base: dict[str, Any] = presets.read_preset(preset) if preset else {}
    axes: list[Axis] = []
    if path is not None:
        settings, axes = read_sweep_file(path)
        base = lay_over(base, settings)
    own = typed_layer(typed).settings
    given = [parse_axis(text) for text in vary]
    replaced = {axis.name for axis in given}
    axes = [axis for axis in axes if axis.name not in replaced] + given
    for axis in axes:
        if axis.name in own:
            raise UsageError(f"{option_name(axis.name)} does not go with --vary {axis.name}: it is one or the other")
        base = lay_over(base, {axis.name: None})
        del base[axis.name]
    named = [own.get("cell", ""), *(value for axis in given if axis.name == "cell" for value in axis.values)]
    cells = tuple(cell for cell in named if is_user_cell(cell))
    return Request(_written(lay_over(base, own)), tuple(axes), **how, cells=cells)


def read_sweep_file(path: Path) -> tuple[dict[str, Any], list[Axis]]:
    """Reads the settings of a TOML file, and the axes in its table `[vary]`."""
    from seqmem.config.axis import read_axis
    from seqmem.config.toml import check_settings, read_toml_file

    settings = read_toml_file(path)
    table = settings.pop(VARY, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: vary = {quoted(table)}: must be a table [vary] of settings and their values")
    check_settings(settings, str(path))
    try:
        return settings, [read_axis(name, values) for name, values in table.items()]
    except UsageError as error:
        raise UsageError(f"{path}: [vary] {error}") from None


def _written(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as a plan holds them: each in the one form that its kind writes."""
    kinds = {name: field.metadata["kind"] for name, field in setting_fields().items()}
    return {
        name: kinds[name].write(kinds[name].read(name, value)) if name in kinds else value
        for name, value in settings.items()
    }


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
    settings: dict[str, Any] = {}
    for layer in layers:
        settings = lay_over(settings, layer.settings)
    try:
        return RunConfig.from_settings(settings, trusted=[typed.get("cell") or ""])
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
    task = upper["task"] if "task" in upper else named_task(upper)
    gone = {RIVALS[key] for key in upper if key in RIVALS}
    if task is not None and task != task_of(lower):
        gone |= TASK_KEYS
    return {key: value for key, value in lower.items() if key not in gone} | dict(upper)


def typed_layer(typed: Mapping[str, Any]) -> Layer:
    """Collects the options that were typed; `sequence` and the file `sequences` both become `sequences`."""
    settings = {key: value for key, value in typed.items() if key in {"task", *setting_fields()} and value is not None}
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
    from seqmem.config import presets

    return Layer(presets.read_preset(name), lambda setting, value: f"preset {name}: {setting} = {quoted(value)}")


def _file_layer(path: Path) -> Layer:
    from seqmem.config import presets, toml

    if not path.exists() and str(path) in presets.preset_names():
        raise UsageError(f"{path}: no such file (did you mean --preset {path}?)")
    settings = toml.read_settings_file(path)
    return Layer(settings, lambda setting, value: f"{path}: {setting} = {quoted(value)}")


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


def trusted_cell(path: Path, cell: str | None) -> tuple[str, ...]:
    """Returns the cells that may be imported for a stored run: its own, if the user typed its name.

    Args:
        path: The run directory.
        cell: What was typed as `--cell`, or None.

    Raises:
        UsageError: If the run has another cell.
    """
    if cell is None:
        return ()
    from seqmem.storage.run_directory import read_config

    stored = read_config(path).cell.name
    if stored != cell:
        raise UsageError(f"--cell {quoted(cell)}: the cell of this run is {stored}, and a stored run keeps its own")
    return (cell,)
