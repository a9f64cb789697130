"""The console that everything is printed on: width, glyphs, colour."""

from __future__ import annotations

import dataclasses
import functools
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any, Concatenate, Literal, ParamSpec

from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqmem.terminal.output import Output
from seqmem.terminal.style import UNICODE, Glyphs, build_theme, glyphs_for

WIDEST = 160
WIDTH_WITHOUT_TERMINAL = 80
WIDTH_IN_NOTEBOOK = 100
# filled by rich; without a background of its own, so that it is readable on light and dark pages
NOTEBOOK = '<pre style="white-space: pre; overflow-x: auto; line-height: 1.2; font-family: monospace">{code}</pre>'

Asked = ParamSpec("Asked")
ColourSystem = Literal["standard", "256", "truecolor"]


class FittingConsole(Console):
    """A console that reads its width at each drawing, so that live displays fit after the window is resized."""

    widest = WIDEST

    @property  # type: ignore[misc]  # rich lets it be set as well
    def size(self) -> ConsoleDimensions:
        """Columns, at most `widest`, and lines."""
        width, height = super().size
        return ConsoleDimensions(max(1, min(width, self.widest)), height)


def build_console(
    stream: IO[str], color: str = "auto", width: int | None = None, environment: Mapping[str, str] | None = None
) -> Console:
    """Builds the console of one stream, which prints text unchanged: no markup, no emoji codes, no highlighting.

    Colour depends on `color` (`auto`, `always`, `never`), then NO_COLOR, then FORCE_COLOR, then the terminal (TERM=dumb
    has none). Without colour there are no style codes at all, not even bold. Live displays depend on the stream only:
    with FORCE_COLOR a pipe is coloured, but not animated. A width of None takes COLUMNS or the width of the terminal,
    else 80, and at most 160. Characters that the stream cannot encode are escaped.
    """
    variables = os.environ if environment is None else environment
    terminal = bool(getattr(stream, "isatty", lambda: False)())
    dumb = variables.get("TERM", "").lower() in ("dumb", "unknown")
    coloured = _is_coloured(color, variables, terminal and not dumb)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    if width is None and not terminal and not variables.get("COLUMNS", "").isdigit():
        width = WIDTH_WITHOUT_TERMINAL
    console = FittingConsole(
        file=stream,
        color_system=_colour_system(variables) if coloured else None,
        no_color=not coloured,
        force_terminal=terminal,
        # a dumb terminal cannot move its cursor, so there are no live displays
        force_interactive=terminal and not dumb,
        force_jupyter=False,
        theme=build_theme(),
        width=width,
        # symbols are the user's words: `[bold]` and `:smile:` must be printed unchanged
        markup=False,
        emoji=False,
        highlight=False,
        _environ=variables,
    )
    console.widest = width or WIDEST
    return console


def _is_coloured(color: str, environment: Mapping[str, str], terminal: bool) -> bool:
    if color != "auto":
        return color == "always"
    if environment.get("NO_COLOR"):
        return False
    # an empty variable counts as unset, as on no-color.org
    forced = environment.get("FORCE_COLOR")
    return forced != "0" if forced else terminal


def _colour_system(environment: Mapping[str, str]) -> ColourSystem:
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    term = environment.get("TERM", "")
    return "256" if "256" in term or term in ("", "dumb", "unknown") else "standard"


@dataclasses.dataclass(frozen=True)
class Page:
    """The target of a drawing: columns, glyphs and colours; drawings must be complete without colours."""

    width: int = 80
    glyphs: Glyphs = UNICODE
    colour: bool = True


@dataclasses.dataclass(frozen=True)
class View:
    """A drawing that rich requests for a page: at the console's width and in its glyphs."""

    draw: Callable[[Page], RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.draw(page_of(console, options.max_width))

    def __str__(self) -> str:
        """The drawing as plain text, as wide as standard output."""
        console = build_console(sys.stdout, "never")
        with console.capture() as captured:
            console.print(self)
        return captured.get().rstrip("\n")

    def _repr_html_(self) -> str:
        """The drawing in a notebook."""
        return recorded(self, WIDTH_IN_NOTEBOOK).export_html(inline_styles=True, code_format=NOTEBOOK)


def view(lines: Callable[Concatenate[Page, Asked], list[Text]]) -> Callable[Asked, View]:
    """Decorator: turns a function from a page and arguments to lines into one from the arguments to a `View`."""

    @functools.wraps(lines)
    def draw(*asked: Asked.args, **named: Asked.kwargs) -> View:
        return View(lambda page: stack(_within(lines(page, *asked, **named), page.width)))

    return draw


def _within(parts: Iterable[Text], width: int) -> list[Text]:
    """The lines of a drawing; those too wide for a narrow page are wrapped, not cut."""
    lines: list[Text] = []
    for line in (line for part in parts for line in part.split("\n", allow_blank=True)):
        if line.cell_len > width:
            line.rstrip()
        indent = min(len(line.plain) - len(line.plain.lstrip()), width // 2)
        lines += [line] if line.cell_len <= width else wrap(line[indent:], width, indent, indent + 2)
    return lines


def recorded(renderable: RenderableType, width: int) -> Console:
    """Returns a console with a recorded drawing in colour, for export."""
    console = build_console(io.StringIO(), "always", width, {"COLORTERM": "truecolor"})
    console.record = True
    console.print(renderable)
    return console


def page_of(console: Console, width: int | None = None) -> Page:
    """Returns the page of a console."""
    colour = console.color_system is not None and not console.no_color
    return Page(width or console.width, glyphs_for(console.encoding), colour)


def stack(parts: list[Text]) -> Text:
    """Returns lines joined to one text that is not wrapped."""
    text = Text("\n", no_wrap=True, overflow="ellipsis").join(parts)
    text.no_wrap, text.overflow = True, "crop"
    return text


def fill(
    parts: Iterable[Text | str], width: int, between: Text | str = " ", start: int = 0, hanging: int = 0
) -> list[Text]:
    """Sets unbroken parts on as many lines of `width` cells as they need, with indentations `start` and `hanging`."""
    lines: list[Text] = []
    for part in parts:
        if lines and lines[-1].cell_len + Text.assemble(between, part).cell_len <= width:
            lines[-1].append_text(Text.assemble(between, part))
        else:
            lines.append(Text.assemble(" " * (hanging if lines else start), part, no_wrap=True))
    return lines


def wrap(text: Text | str, width: int, start: int = 0, hanging: int = 0) -> list[Text]:
    """Wraps a text between words, and within words that are longer than a line; blanks keep their style."""
    whole, room = Text.assemble(text), max(8, width - max(start, hanging))
    parts = [word[at : at + room] for word in whole.plain.split(" ") for at in range(0, max(1, len(word)), room)]
    lines: list[Text] = []
    end = 0
    for line in fill(parts, width, " ", start, hanging):
        indent = hanging if lines else start
        begin, end = end, end + len(line) - indent
        lines.append(Text.assemble(" " * indent, whole[begin:end], no_wrap=True))
        end += whole.plain[end : end + 1] == " "
    return lines


def talk(output: Output) -> Console:
    """Returns the console for headers, progress and notes: standard error."""
    return build_console(sys.stderr, color=output.color)


def draw(output: Output, drawing: RenderableType) -> None:
    """Writes a drawing to stdout, in one piece."""
    console = build_console(sys.stdout, color=output.color)
    # captured, because rich itself would end the program at a broken pipe with a status of its own
    with console.capture() as captured:
        console.print(drawing)
    sys.stdout.write(captured.get())
    # so that a later note on stderr comes after it, if both go to the same file
    sys.stdout.flush()


def same_place() -> bool:
    """Tells whether stdout and stderr go to the same terminal or file."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (OSError, ValueError):  # streams of a notebook or a test have no descriptor
        return False


def print_result(output: Output, result: Any) -> None:
    """Writes a result to stdout as requested: as a JSON document, or as its drawing."""
    if output.json:
        output.document(result.to_json())
    else:
        draw(output, result)
