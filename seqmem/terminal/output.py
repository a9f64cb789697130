"""How a command speaks: the result on stdout, everything else on stderr."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click

from seqmem.storage.json import json_text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


@dataclasses.dataclass(frozen=True)
class Output:
    """What was requested of the output."""

    color: str = "auto"  # or `always`, `never`
    quiet: bool = False  # nothing but the result, and errors
    json: bool = False  # the result as one JSON document

    def talk(self) -> Console:
        """Returns the console for headers, progress and notes."""
        from seqmem.terminal.console import build_console

        return build_console(sys.stderr, color=self.color)

    def note(self, text: str) -> None:
        """Says something beside the result, on one line that is never wrapped, so that a path can be copied."""
        if not self.quiet:
            click.echo(text, err=True)

    def draw(self, renderable: RenderableType) -> None:
        """Writes a drawing to stdout, in one piece."""
        from seqmem.terminal.console import build_console

        console = build_console(sys.stdout, color=self.color)
        # rich ends the program with its own status at a broken pipe, so it only draws and we write
        with console.capture() as captured:
            console.print(renderable)
        sys.stdout.write(captured.get())

    def result(self, result: Any) -> None:
        """Writes a result as asked: its document, or the drawing that it makes of itself."""
        if self.json:
            self.document(result.to_json())
        else:
            self.draw(result)

    def document(self, content: Any) -> None:
        """Writes one JSON document to stdout."""
        sys.stdout.write(json_text(content))
