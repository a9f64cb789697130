"""The options of the command line, made from the settings."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from seqmem.config import presets
from seqmem.config.run_config import setting_fields
from seqmem.config.sequence_formats import FORMATS
from seqmem.config.sources import Given, option_name, read_typed
from seqmem.errors import SettingError, UsageError
from seqmem.settings import Choice, Flag, Kind
from seqmem.tasks import TASKS, task_kind, tasks_with
from seqmem.terminal.output import Output

Command = Callable[..., None]
Decorator = Callable[[Command], Command]
SEQUENCE_OPTIONS = ("sequence", "sequences", "format", "header", "chars")


class KindType(click.ParamType):
    """An option whose value is read by a kind of setting."""

    def __init__(self, name: str, kind: Kind):
        self.name = name
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the value read by its kind, or raises UsageError."""
        return read_typed(self.name, self.kind, value, param.opts[0] if param else option_name(self.name)).value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Returns the words of a choice that begin with the typed text."""
        words = [word for word in self.kind.metavar.split("|") if word.isalnum() and word.islower()]
        return completed(words, incomplete)


class SettingType(KindType):
    """An option that is a setting; its value keeps the typed text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Given:
        """Returns the value with its source; for a list of values, UsageError names `sweep`."""
        try:
            return read_typed(self.name, self.kind, value, option_name(self.name))
        except UsageError:
            if self._is_list(value):
                option = f"{option_name(self.name)} {value}"
                axis = shlex.quote(f"{option_name(self.name).lstrip('-')}={value}")
                raise UsageError(
                    f"{option}: is one value; several make a sweep: seqmem sweep --vary {axis}", self.name, value
                ) from None
            raise

    def _is_list(self, value: str) -> bool:
        parts = value.split(",")
        with contextlib.suppress(SettingError):
            return len(parts) > 1 and all(self.kind.read(self.name, part) is not None for part in parts)
        return False


def completed(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Returns the words that begin with the typed text, for a shell."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


class HeadedOption(click.Option):
    """An option with a heading in `--help`."""

    def __init__(self, *args: Any, heading: str = "Run", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.heading = heading


class HeadedCommand(click.Command):
    """A command whose help groups its options under headings and ends with examples: command lines and purposes."""

    def __init__(self, *args: Any, examples: dict[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options, heading by heading in the order of their first option."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = None if isinstance(param, click.Argument) else param.get_help_record(ctx)
            if record:
                headings.setdefault(getattr(param, "heading", "Output"), []).append(record)
        for heading, records in headings.items():
            # 28: most options with their value on the line of their help
            with formatter.section(heading):
                formatter.write_dl(records, col_max=28)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples, unwrapped so that they can be copied."""
        with formatter.section("Examples"):
            for line, purpose in self.examples.items():
                formatter.write(f"  {line}\n")
                with formatter.indentation():
                    formatter.write_text(purpose)


def option(*names: str, kind: Kind | None = None, help: str, heading: str = "Run", **kwargs: Any) -> Decorator:
    """Declares an option; a `kind` gives it type and metavar."""
    if kind is not None:
        kwargs = {"type": KindType(names[0].lstrip("-").replace("-", "_"), kind), "metavar": kind.metavar, **kwargs}
    return click.option(*names, cls=HeadedOption, heading=heading, help=help, **kwargs)


def setting_option(field: dataclasses.Field[Any]) -> Decorator:
    """Declares the option of a setting, which is None unless typed, so that presets and files keep their values."""
    kind, name = field.metadata["kind"], option_name(field.name)
    words = {"help": field.metadata["help"] + _default_note(field), "heading": heading_of(field)}
    if isinstance(kind, Flag):
        names = "/".join(kind.option(field.name, value) for value in (True, False))
        return option(names, field.name, default=None, **words)
    return option(name, field.name, type=SettingType(field.name, kind), metavar=kind.metavar, **words)


def heading_of(field: dataclasses.Field[Any]) -> str:
    """Returns the heading of a setting: its group, or the only task that has it."""
    group: str = field.metadata["group"]
    owners = tasks_with(field.name) if group == "Task" else []
    return f"Task {owners[0]} ({TASKS[owners[0]].summary})" if len(owners) == 1 else group


def task_option(function: Command) -> Command:
    """Declares `--task`."""
    words = "The task [default: the one that has the settings given, else conflicting]."
    kind = task_kind()
    return option("--task", type=SettingType("task", kind), metavar=kind.metavar, heading="Task", help=words)(function)


def _default_note(field: dataclasses.Field[Any]) -> str:
    default = field.metadata["kind"].write(field.default)
    if default is None or "[default" in field.metadata["help"]:
        return ""
    if isinstance(default, bool):
        return f" [default: {'' if default else 'no-'}{field.name.replace('_', '-')}]"
    return f" [default: {default}]"


def sequence_options(heading: str) -> Decorator:
    """Declares `--sequence` and `--sequences` for the user's sequences, and the options for reading files."""

    def declare(function: Command) -> Command:
        field = setting_fields()["sequences"]
        path, kind = click.Path(path_type=Path, allow_dash=True), field.metadata["kind"]
        words = (
            "Sequences of your own from a file (.txt: one per line; .csv, .tsv: one per row; .json, .jsonl: lists or "
            "texts), or - for standard input; repeatable, which joins files."
        )
        for declared in (
            option("--chars", is_flag=True, heading=heading, help="Make each character of the sequences a symbol."),
            option(
                "--header/--no-header", default=None, heading=heading, help="Skip the first row of the file, or not."
            ),
            option(
                "--format", kind=Choice(tuple(FORMATS)), heading=heading, help="The file's format, whatever its name."
            ),
            option("--sequences", multiple=True, type=path, metavar="FILE", heading=heading, help=words),
            option("--sequence", multiple=True, metavar=kind.metavar, heading=heading, help=field.metadata["help"]),
        ):
            function = declared(function)
        return function

    return declare


def setting_options(*groups: str, names: tuple[str, ...] = ()) -> Decorator:
    """Declares the options of all settings in some groups, and of some by name, in the order of their fields."""

    def declare(function: Command) -> Command:
        fields = [
            field for field in setting_fields().values() if field.metadata["group"] in groups or field.name in names
        ]
        # click lists options in the reverse order of their decorators
        for field in reversed(fields):
            own = field.name == "sequences"
            function = (sequence_options(heading_of(field)) if own else setting_option(field))(function)
        return task_option(function) if "Task" in groups else function

    return declare


def cache_option(function: Command) -> Command:
    """Declares `--cache`."""
    words = "Keep compiled programs for the next time. [default: cache]"
    return option("--cache/--no-cache", default=True, help=words)(function)


def config_options(function: Command) -> Command:
    """Declares the two other sources of settings: a TOML file and a preset."""
    function = option(
        "--preset",
        metavar="NAME|list",
        shell_complete=_complete_presets,
        help="Start from these settings; 'list' names them all.",
        heading="Settings",
    )(function)
    return click.argument("config_path", metavar="[CONFIG.toml]", required=False, type=click.Path(path_type=Path))(
        function
    )


def _complete_presets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return completed((*presets.preset_names(), "list"), incomplete)


def list_presets_first(function: Command) -> Command:
    """Makes a command list the presets, and do nothing else, for `--preset list`."""

    @functools.wraps(function)
    def command(preset: str | None, output: Output, **kwargs: object) -> None:
        if preset == "list":
            print_presets(output)
        else:
            function(preset=preset, output=output, **kwargs)

    return command


def print_presets(output: Output) -> None:
    """Prints the presets, one per line, or as one JSON object."""
    summaries = {name: presets.preset_summary(name) for name in presets.preset_names()}
    if output.json:
        output.document(summaries)
        return
    width = max(map(len, summaries))
    for name, summary in summaries.items():
        click.echo(f"{name:{width}}  {summary}")
