"""What a drawing needs to know of where it is drawn, and how it learns it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from seqmem.render.glyphs import UNICODE, Glyphs, glyphs_for


@dataclasses.dataclass(frozen=True)
class Page:
    """Where a drawing goes.

    Attributes:
        width: Columns.
        glyphs: The signs that it can carry.
        colour: Whether colours show; a drawing must say all it says without them.
    """

    width: int = 80
    glyphs: Glyphs = UNICODE
    colour: bool = True


@dataclasses.dataclass(frozen=True)
class View:
    """A drawing that waits for its page: rich draws it, at the console's width and in its signs.

    Attributes:
        draw: Takes a `Page` and gives what rich can draw.
    """

    draw: Callable[[Page], RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.draw(page_of(console, options.max_width))


def page_of(console: Console, width: int | None = None) -> Page:
    """Returns the page that a console offers."""
    colour = console.color_system is not None and not console.no_color
    return Page(width or console.width, glyphs_for(console.encoding), colour)


def stack(parts: list[Text]) -> Text:
    """Returns the lines one under another, none of them wrapped."""
    text = Text("\n", no_wrap=True, overflow="ellipsis").join(parts)
    text.no_wrap, text.overflow = True, "crop"
    return text
