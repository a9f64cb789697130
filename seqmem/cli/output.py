"""How a command speaks: the result on stdout, everything else on stderr."""

from __future__ import annotations

import dataclasses
import functools
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from seqmem.cli.options import option
from seqmem.settings import Choice

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


@dataclasses.dataclass(frozen=True)
class Output:
    """What was asked of the output.

    Attributes:
        color: `auto`, `always` or `never`.
        quiet: Nothing but the result, and errors.
        json: The result as one JSON document.
    """

    color: str = "auto"
    quiet: bool = False
    json: bool = False

    def talk(self) -> Console:
        """Returns the console for headers, progress and notes."""
        from seqmem.render.console import build_console

        return build_console(sys.stderr, color=self.color)

    def note(self, text: str) -> None:
        """Says something beside the result, on one line that is never wrapped, so that a path can be copied."""
        if not self.quiet:
            click.echo(text, err=True)

    def draw(self, renderable: RenderableType) -> None:
        """Writes a drawing to stdout, in one piece."""
        from seqmem.render.console import build_console

        console = build_console(sys.stdout, color=self.color)
        # rich ends the program with its own status at a broken pipe, so it only draws and we write
        with console.capture() as captured:
            console.print(renderable)
        sys.stdout.write(captured.get())

    def result(self, found: Any, draw: Callable[[Any], RenderableType]) -> None:
        """Writes a result as asked: its document, or its drawing."""
        if self.json:
            self.document(found.to_json())
        else:
            self.draw(draw(found))

    def document(self, content: Any) -> None:
        """Writes one JSON document to stdout."""
        sys.stdout.write(json_text(content))


def json_text(content: Any) -> str:
    """Returns strict JSON; numbers that are not finite become null."""
    from seqmem.plain_values import to_plain

    return json.dumps(to_plain(content), indent=2, allow_nan=False) + "\n"


def output_options(function: Any) -> Any:
    """Declares `--json`, `--quiet`, `--color` and `--verbose`; the command gets one `output` in their place."""

    @functools.wraps(function)
    def command(*args: Any, color: str, quiet: bool, as_json: bool, verbose: bool, **kwargs: Any) -> Any:
        shared = click.get_current_context().find_root().obj
        if isinstance(shared, dict):
            shared["verbose"] = verbose
        return function(*args, output=Output(color, quiet, as_json), **kwargs)

    colors = Choice(("auto", "always", "never"))
    for declare in (
        option("--verbose", is_flag=True, heading="Output", help="With an error, show where it came from."),
        option("--color", kind=colors, default="auto", heading="Output", help="Colour the output. [default: auto]"),
        option("--json", "as_json", is_flag=True, heading="Output", help="Print one JSON document and nothing else."),
        option("--quiet", is_flag=True, heading="Output", help="Print the result alone: no progress, no notes."),
    ):
        command = declare(command)
    return command
