"""The group of commands, and the exit status of every error."""

from __future__ import annotations

import contextlib
import errno
import importlib
import math
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import shell_complete

from seqmem.commands.stopping import StoppedError
from seqmem.errors import DamageWarning, SeqmemError, did_you_mean, one_line
from seqmem.terminal.output import Output

# Every command with its short help. The module of the same name in this package is imported when the command is called.
COMMANDS = {
    "train": "Train networks on a task, judge them and store the run.",
    "eval": "Judge a stored run again: other gaps, other sequences, running free, states.",
    "sweep": "Run many trials over axes of settings.",
    "task": "Draw a task and what needs memory in it, or write it to a file.",
    "show": "Draw a stored run or sweep again, or runs side by side.",
    "list": "List stored runs and sweeps.",
    "export": "Write a stored run, sweep or evaluation into a file of another format.",
    "schema": "Print the JSON Schema of what seqmem stores or prints.",
    "completion": "Print the completion script of a shell.",
}
EXAMPLES = {
    "seqmem train": "The two conflicting sequences of the tutorial, learned.",
    "seqmem train --gap 100": "A longer memory.",
    "seqmem train --preset list": "Lists the presets.",
    "seqmem help eval": "What a command can do, or seqmem eval --help.",
}
# All environment variables that commands depend on.
ENVIRONMENT = {
    "SEQMEM_CACHE": "Folder of compiled programs [default: ~/.cache/seqmem], at most 512 MB for each version of "
    "TensorFlow and kind of processor: the oldest are dropped. It can be deleted at any time.",
    "NO_COLOR, FORCE_COLOR": "No colour, or colour in a pipe too; --color wins.",
    "COLUMNS": "Width of what is drawn, at most 160 [default: the terminal's, or 80].",
}
INTERRUPTED = 130
BROKEN_PIPE = 141
LONGEST_LINE = 1000


class LazyGroup(click.Group):
    """A group that imports only the command that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command, or returns None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"seqmem.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads `help COMMAND` as `COMMAND --help`."""
        return super().parse_args(ctx, [*args[1:2], "--help"] if args[:1] == ["help"] else args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, or says which one may have been meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"no such command '{one_line(name, 60)}'{did_you_mean(name, COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples, and the variables of the environment."""
        with formatter.section("Examples"):
            formatter.write_dl(list(EXAMPLES.items()))
        with formatter.section("Environment"):
            formatter.write_dl(list(ENVIRONMENT.items()))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the short helps without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        version = importlib.import_module("importlib.metadata").version("seqmem")
        click.echo(f"seqmem {version}")
        ctx.exit()


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    "-V",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def group(context: click.Context) -> None:
    """Measure how long a recurrent network can remember."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits with its status."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Runs the command line; returns 0, 1 for a run that failed, 2 for bad usage, 130 after Ctrl-C."""
    # set by the script of `seqmem completion`, for which no command is run
    request = os.environ.get("_SEQMEM_COMPLETE")
    if request:
        return shell_complete(group, {}, "seqmem", "_SEQMEM_COMPLETE", request)
    shared: dict[str, Any] = {}
    try:
        with _damage_told(), group.make_context("seqmem", list(arguments), obj=shared) as context:
            group.invoke(context)
        # here, so that a closed pipe is not noticed only when the interpreter ends
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        # the interpreter flushes stdout once more at its end, which would print an error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (click.ClickException, SeqmemError, KeyboardInterrupt, click.Abort, MemoryError, OSError) as error:
        line, status = describe(error)
        if shared.get("verbose"):
            traceback.print_exc()
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(line, file=sys.stderr)
            if "--json" in arguments and not getattr(error, "after_result", False):
                Output().document({"error": error_document(error, line)})
                sys.stdout.flush()
        return status


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """Prints each DamageWarning as a line on stderr."""

    def tell(message: Warning | str, category: type[Warning], *place: Any, **line: Any) -> None:
        if issubclass(category, DamageWarning):
            print(f"Warning: {one_line(message, LONGEST_LINE)}", file=sys.stderr)
        else:
            show(message, category, *place, **line)

    # other warnings are shown as usual
    show = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always", DamageWarning)
        warnings.showwarning = tell
        yield


def describe(error: BaseException) -> tuple[str, int]:
    """Returns the line and the exit status of an error; a bug of seqmem is raised again."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "Interrupted.", INTERRUPTED
    if isinstance(error, StoppedError):
        return str(error), error.exit_status
    if isinstance(error, click.UsageError):
        return f"Error: {_click_words(error)}", 2
    if isinstance(error, (SeqmemError, click.ClickException)):
        status = error.exit_status if isinstance(error, SeqmemError) else error.exit_code
        return f"Error: {one_line(error, LONGEST_LINE)}", status
    if isinstance(error, MemoryError):
        return "Error: out of memory: ask for fewer units, replicates, symbols or sequences", 1
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"Error: {one_line(place, LONGEST_LINE)}{error.strerror}", 1
    raise error


def error_document(error: BaseException, line: str) -> dict[str, Any]:
    """Returns an error for programs: the wrong setting and its value, None if it is not a single one, and the line."""
    setting, value = getattr(error, "setting", None), getattr(error, "value", None)
    if isinstance(error, click.NoSuchOption):
        setting = error.option_name.lstrip("-")
    elif isinstance(error, click.BadParameter) and error.param is not None:
        setting = error.param.name
    plain = isinstance(value, (str, bool, int)) or value is None or (isinstance(value, float) and math.isfinite(value))
    message = line.removeprefix("Error: ")
    return {"setting": setting, "value": value if plain else str(value), "message": message}


def _click_words(error: click.UsageError) -> str:
    command = error.ctx.command if error.ctx else None
    if isinstance(error, click.NoSuchOption) and command and error.ctx:
        options = [name for param in command.get_params(error.ctx) for name in (*param.opts, *param.secondary_opts)]
        hint = did_you_mean(error.option_name, [name for name in options if name.startswith("--")])
        words = f"no such option '{one_line(error.option_name, 60)}'{hint}"
    else:
        words = one_line(" ".join(error.format_message().split()), LONGEST_LINE).removesuffix(".")
        words = words[:1].lower() + words[1:]
    if "did you mean" in words or not error.ctx:
        return words
    return f"{words} (see '{error.ctx.command_path} --help')"
