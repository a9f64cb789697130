"""The sources of settings: preset, TOML file and options, merged.

A value is read once, where it was given, and keeps its source: an error found later, when all settings are known, still
names the option or the key of the file.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqmem.cells.user import is_user_cell
from seqmem.config.axis import Axis, parse_axis, read_axis
from seqmem.config.presets import preset_names, read_preset
from seqmem.config.request import Request
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.config.sequence_file import AS_NAMED, STANDARD_INPUT, characters, read_sequences
from seqmem.config.sequence_formats import Reading
from seqmem.config.toml import read_toml_file
from seqmem.errors import SettingError, UsageError, did_you_mean, one_line
from seqmem.settings import Kind, Settings, Value
from seqmem.tasks import named_task, task_kind, task_of

VARY = "vary"
TASK_KEYS = {"task"} | {name for name, field in setting_fields().items() if field.metadata["group"] == "Task"}
# each replaces the other
RIVALS = {"epochs": "presentations", "presentations": "epochs"}
READING = tuple(field.name for field in dataclasses.fields(Reading))
LONGEST_VALUE = 60


@dataclasses.dataclass(frozen=True)
class Given:
    """The given value of a setting.

    Attributes:
        value: As read by its kind; sequences unread, for the task.
        spelled: Returns its text in the source, for the wrong value of an error: one of several sequences may be wrong.
    """

    value: Any
    spelled: Callable[[Any], str]


Source = Mapping[str, Given]


@contextlib.contextmanager
def source_in_errors(given: Source) -> Iterator[None]:
    """Turns a SettingError about one of these settings into a UsageError that begins with its source."""
    try:
        yield
    except SettingError as error:
        if error.setting is None or error.setting not in given:
            raise
        line = f"{given[error.setting].spelled(error.value)}: {error.allowed}"
        raise UsageError(line, error.setting, error.value) from None


def build(given: Source, trusted: Collection[str] = ()) -> RunConfig:
    """Builds the config of merged settings; a UsageError names the source of the wrong setting.

    `trusted` is as for `RunConfig.from_settings`.
    """
    with source_in_errors(given):
        return RunConfig.from_settings({name: entry.value for name, entry in given.items()}, trusted)


def merge(*sources: Source) -> dict[str, Given]:
    """Merges settings; later sources override earlier ones.

    A budget also replaces the other kind of budget, and another task replaces all settings of the earlier task.
    """
    merged: dict[str, Given] = {}
    for source in sources:
        task = source["task"].value if "task" in source else named_task(source)
        gone = {RIVALS[name] for name in source if name in RIVALS}
        if task is not None and task != task_of({name: entry.value for name, entry in merged.items()}):
            gone |= TASK_KEYS
        merged = {name: entry for name, entry in merged.items() if name not in gone} | dict(source)
    return merged


def read_config(path: Path | None, preset: str | None, options: Mapping[str, Any]) -> RunConfig:
    """Builds the config of a TOML file, a preset and the options that click collected; see `typed_settings`.

    Raises:
        UsageError: In one line with the wrong option, or the wrong key of the preset or the file.
    """
    typed = typed_settings(options)
    given = merge(preset_settings(preset) if preset else {}, read_file(path) if path else {}, typed)
    return build(given, [typed["cell"].value.name] if "cell" in typed else [])


def read_request(
    path: Path | None, preset: str | None, vary: tuple[str, ...], options: Mapping[str, Any], search: Mapping[str, Any]
) -> Request:
    """Collects the settings and the axes of a sweep; typed axes (`vary`) override those of the file.

    Raises:
        UsageError: In one line with the wrong option, or the wrong key of the file.
    """
    below, axes = read_sweep_file(path) if path else ({}, [])
    base = merge(preset_settings(preset) if preset else {}, below)
    varied = [parse_axis(text) for text in vary]
    axes = [axis for axis in axes if axis.name not in {axis.name for axis in varied}] + varied
    files = files_of(axes, how_to_read(options))
    # where an axis names files, the options for reading apply to these
    typed = typed_settings({name: value for name, value in options.items() if name not in READING or not files})
    for axis in axes:
        if axis.name in typed:
            line = f"{option_name(axis.name)} does not go with --vary {axis.name}: it is one or the other"
            raise UsageError(line, axis.name)
        # an axis overrides lower sources like a setting, but is not one itself
        base = merge(base, {axis.name: Given(None, str)})
        del base[axis.name]
    named = [typed["cell"].value.name] if "cell" in typed else []
    # typed axes only: a name in a file gives no permission to import
    named += [value for axis in varied if axis.name == "cell" for value in axis.values]
    cells = tuple(cell for cell in named if is_user_cell(cell))
    return Request(_written(merge(base, typed)), tuple(axes), **search, files=files, cells=cells)


def _written(given: Source) -> dict[str, Any]:
    """The settings as a plan holds them, written by their kinds."""
    kinds = setting_kinds()
    return {name: kinds[name].write(entry.value) for name, entry in given.items()}


def setting_kinds() -> dict[str, Kind]:
    """Returns the kind of every setting, including `task`."""
    fields = setting_fields()
    return {"task": task_kind()} | {name: field.metadata["kind"] for name, field in fields.items()}


def preset_settings(name: str) -> dict[str, Given]:
    """Returns the settings of a preset."""
    return read_values(read_preset(name), f"preset {name}")


def read_file(path: Path) -> dict[str, Given]:
    """Reads a TOML file of settings; UsageError if it cannot be read, or a key or a value is not allowed."""
    if not path.exists() and str(path) in preset_names():
        raise UsageError(f"{path}: no such file (did you mean --preset {path}?)")
    return read_values(read_toml_file(path), str(path))


def read_sweep_file(path: Path) -> tuple[dict[str, Given], list[Axis]]:
    """Reads the settings of a TOML file, and the axes in its table `[vary]`."""
    settings = read_toml_file(path)
    table = settings.pop(VARY, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: vary = {quoted(table)}: must be a table [vary] of settings and their values")
    given = read_values(settings, str(path))
    try:
        return given, [read_axis(name, values) for name, values in table.items()]
    except UsageError as error:
        raise UsageError(f"{path}: [vary] {error}", error.setting, error.value) from None


def read_values(settings: Settings, source: str) -> dict[str, Given]:
    """Reads settings of a TOML file, each by its kind; a UsageError begins with `source`."""
    kinds, given = setting_kinds(), {}
    for name, value in settings.items():
        if name not in kinds:
            raise UsageError(f"{source}: unknown key '{one_line(name, 60)}'{did_you_mean(name, kinds)}", name, value)

        # defaults bind the name and value of this iteration
        def spelled(wrong: Value, name: str = name, value: Value = value) -> str:
            return f"{source}: {name} = {quoted(wrong if name == 'sequences' else value)}"

        with source_in_errors({name: Given(value, spelled)}):
            given[name] = Given(kinds[name].read(name, value), spelled)
    return given


def read_typed(setting: str, kind: Kind, text: Value, option: str) -> Given:
    """Reads the text of an option by its kind; raises UsageError with the option in front."""
    with source_in_errors({setting: Given(text, lambda wrong: f"{option} {quoted(text)}")}):
        value = kind.read(setting, text)
    return Given(value, lambda wrong: f"{option} {quoted(kind.write(value))}")


def typed_settings(options: Mapping[str, Any]) -> dict[str, Given]:
    """Collects the settings that were typed: from click a `Given` each, a bool for a flag, and `own_sequences`."""
    given = {name: entry for name, entry in options.items() if isinstance(entry, Given)}
    for name in setting_fields():
        if isinstance(options.get(name), bool):
            given[name] = typed_value(name, options[name])  # click reads flags itself
    return given | own_sequences(options)


def typed_value(setting: str, value: Value) -> Given:
    """Returns a value with an option as its source."""
    return Given(value, lambda wrong: typed_option(setting, wrong if setting == "sequences" else value))


def own_sequences(options: Mapping[str, Any]) -> dict[str, Given]:
    """Returns the setting `sequences` from `--sequence` or from files, which are joined; empty if neither was typed."""
    texts, files, reading = options.get("sequence") or (), options.get("sequences") or (), how_to_read(options)
    if texts and files:
        raise UsageError("--sequence does not go with --sequences: put all into the file, or none", "sequence")
    if files.count(STANDARD_INPUT) > 1:
        raise UsageError("--sequences -: standard input can be read once only", "sequences", "-")
    if files:
        rows = [row for file in files for row in read_sequences(file, reading)]
        return {"sequences": Given(rows, lambda wrong: ", ".join(map(str, files)))}
    if texts and reading.chars:
        texts = [" ".join(characters([text])) for text in texts]
    elif stray := reading.options().strip():
        raise UsageError(f"{stray}: goes with --sequences FILE")
    return {"sequences": typed_value("sequences", list(texts))} if texts else {}


def files_of(axes: Sequence[Axis], reading: Reading = AS_NAMED) -> dict[str, list[str]]:
    """Returns the sequences of each file that an axis names."""
    names = [value for axis in axes if axis.name == "sequences" for value in axis.values if isinstance(value, str)]
    return {name: read_sequences(Path(name), reading) for name in names}


def how_to_read(options: Mapping[str, Any]) -> Reading:
    """Returns the options for reading files of sequences."""
    return Reading(**{name: options[name] for name in READING if options.get(name) is not None})


def files_typed(options: Mapping[str, Any]) -> str | None:
    """Returns the options that name the user's files again; None if there are none, or they cannot be read again."""
    files = options.get("sequences") or ()
    if not files or STANDARD_INPUT in files:  # standard input cannot be read a second time
        return None
    return " ".join(f"--sequences {shlex.quote(str(file))}" for file in files) + how_to_read(options).options()


def option_name(setting: str) -> str:
    """Returns the option of a setting: ``learning_rate`` is typed ``--learning-rate``."""
    return "--" + setting.replace("_", "-")


def quoted(value: object) -> str:
    """Returns a value on one line: quoted if it has blanks, cut if it is long."""
    text = one_line(" ".join(map(str, value)) if isinstance(value, (list, tuple)) else value, LONGEST_VALUE)
    return f'"{text}"' if isinstance(value, (list, tuple, str)) and (not text or " " in text) else text


def typed_option(setting: str, value: object, quote: Callable[[object], str] = quoted) -> str:
    """Returns a setting as an option: ``--gap 3``, ``--no-stop``, ``--sequence "a b"``; `quote` writes the value."""
    if isinstance(value, bool):
        option: str = setting_fields()[setting].metadata["kind"].option(setting, value)
        return option
    return f"{'--sequence' if setting == 'sequences' else option_name(setting)} {quote(value)}"
