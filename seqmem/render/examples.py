"""A few sequences of a task as strips: the cue bright, the fillers dim, the recall marked below."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from seqmem.results.task import Example
from seqmem.terminal.style import Glyphs
from seqmem.terminal.wording import shown_symbol

WIDEST_SYMBOL = 12


def draw_strips(examples: Sequence[Example], width: int, glyphs: Glyphs, pointers: bool = True) -> list[Text]:
    """Returns a line for each sequence, aligned, at most `width` cells wide: a longer one loses its middle.

    Where targets are labels, these stand on a second line. Below the last sequence that has a recall, `pointers` add a
    line that names cue and recall, for those who see no colour.
    """
    words = [word for one in examples for word in (*one.symbols, *(one.labels or ()))]
    cell = max(cell_len(shown_symbol(word, WIDEST_SYMBOL, glyphs)) for word in words)
    fitting = max(5, (width + 1) // (cell + 1))
    lines: list[Text] = []
    named: tuple[int, Text] = (0, Text())
    for one in examples:
        places = shown_positions(one, fitting)
        lines.append(_strip(one.symbols, one.parts, places, cell, glyphs))
        if one.labels is not None:
            lines.append(_strip(one.labels, one.label_parts, places, cell, glyphs))
        columns = {place: at * (cell + 1) + cell - 1 for at, place in enumerate(places) if place is not None}
        names = _names(one, columns, glyphs)
        named = (len(lines), names) if names.cell_len else named
    return [*lines[: named[0]], named[1], *lines[named[0] :]] if pointers and named[0] else lines


def _strip(words: Sequence[str], parts: Sequence[str], places: Sequence[int | None], cell: int, glyphs: Glyphs) -> Text:
    """The words at these places, each in so many columns."""
    line = Text(no_wrap=True)
    for number, place in enumerate(places):
        text = glyphs.ellipsis if place is None else shown_symbol(words[place], WIDEST_SYMBOL, glyphs)
        line.append(" " * (cell - cell_len(text) + bool(number)))
        line.append(text, "muted" if place is None else parts[place])
    return line


def shown_positions(example: Example, fitting: int) -> list[int | None]:
    """Chooses which positions fit; None stands where some are left out. The first and the last are always kept."""
    count = len(example.symbols)
    if count <= fitting:
        return list(range(count))
    tail = max(1, min(fitting // 3, fitting - 3))
    head = fitting - 1 - tail
    return [*range(head), None, *range(count - tail, count)]


def _names(example: Example, columns: dict[int, int], glyphs: Glyphs) -> Text:
    line = Text(no_wrap=True)
    for part in ("cue", "recall"):
        shown = [column for position, column in sorted(columns.items()) if example.parts[position] == part]
        if not shown:
            continue
        column = shown[-1] if part == "recall" else shown[0]
        if column >= line.cell_len:
            line.append(" " * (column - line.cell_len))
            line.append(f"{glyphs.up} {part} ", part)
    line.rstrip()
    return line
