"""A few sequences of a task as strips."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from seqmem.results.task import Example
from seqmem.terminal.style import Glyphs
from seqmem.terminal.wording import shown_symbol

WIDEST_SYMBOL = 12


def draw_strips(examples: Sequence[Example], width: int, glyphs: Glyphs) -> list[Text]:
    """Returns a line for each sequence, aligned, at most `width` cells wide; longer ones lose their middle.

    If targets are labels, they are on a second line. Below the last sequence with a recall, a line names cue and recall
    for readers without colour.
    """
    words = [word for example in examples for word in (*example.symbols, *(example.labels or ()))]
    cell = max(cell_len(shown_symbol(word, WIDEST_SYMBOL, glyphs)) for word in words)
    fitting = max(5, (width + 1) // (cell + 1))
    lines: list[Text] = []
    named: tuple[int, Text] = (0, Text())
    for example in examples:
        places = shown_positions(example, fitting)
        lines.append(_strip(example.symbols, example.parts, places, cell, glyphs))
        if example.labels is not None:
            lines.append(_strip(example.labels, example.label_parts, places, cell, glyphs))
        columns = {place: at * (cell + 1) + cell - 1 for at, place in enumerate(places) if place is not None}
        names = _names(example, columns, width, glyphs)
        named = (len(lines), names) if names.cell_len else named
    return [*lines[: named[0]], named[1], *lines[named[0] :]] if named[0] else lines


def _strip(words: Sequence[str], parts: Sequence[str], places: Sequence[int | None], cell: int, glyphs: Glyphs) -> Text:
    """The words at these places, each `cell` columns wide."""
    line = Text(no_wrap=True)
    for number, place in enumerate(places):
        text = glyphs.ellipsis if place is None else shown_symbol(words[place], WIDEST_SYMBOL, glyphs)
        line.append(" " * (cell - cell_len(text) + bool(number)))
        line.append(text, "muted" if place is None else parts[place])
    return line


def shown_positions(example: Example, fitting: int) -> list[int | None]:
    """Returns the positions that fit, always with the first and the last; None where some are left out."""
    count = len(example.symbols)
    if count <= fitting:
        return list(range(count))
    # a third of the room for the end, which has the recall
    tail = max(1, min(fitting // 3, fitting - 3))
    head = fitting - 1 - tail
    return [*range(head), None, *range(count - tail, count)]


def _names(example: Example, columns: dict[int, int], width: int, glyphs: Glyphs) -> Text:
    """`▴ cue` and `▴ recall` below these symbols; `recall ▴` if the line would be too long."""
    line = Text(no_wrap=True)
    for part in ("cue", "recall"):
        shown = [column for position, column in sorted(columns.items()) if example.parts[position] == part]
        if not shown:
            continue
        column = shown[-1] if part == "recall" else shown[0]
        label = f"{glyphs.up} {part}"
        if column + len(label) > width:
            column, label = column - len(part) - 1, f"{part} {glyphs.up}"
        if column >= line.cell_len + bool(line):
            line.append(" " * (column - line.cell_len)).append(label, part)
    return line
