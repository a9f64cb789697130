"""The colours and glyphs; meaning never depends on colour alone."""

from __future__ import annotations

import dataclasses

from rich.theme import Theme

# The sixteen colours of the terminal's own palette, which are readable on light and dark backgrounds.
STYLES = {
    "title": "bold",
    "label": "bright_black",
    "muted": "bright_black",
    "cue": "bold cyan",
    "filler": "bright_black",
    "trigger": "magenta",
    "recall": "bold magenta",
    "right": "green",
    "wrong": "bold red",
    "near": "yellow",
    "open": "bright_black",
    "untrained": "bright_black",
    "baseline": "red",
    "axis": "bright_black",
    "band": "blue",
    "command": "bold cyan",
    "solved": "bold green",
    "partly": "bold yellow",
    "remembers": "bold cyan",
    "memoryless": "bold red",
    "diverged": "bold magenta",
    "nothing_to_remember": "bold blue",
    "unsolved": "bold bright_black",
    "series1": "cyan",
    "series2": "yellow",
    "series3": "magenta",
    "series4": "green",
    "series5": "blue",
    "series6": "white",
    "bar.done": "cyan",
    "bar.left": "bright_black",
}
SERIES = tuple(name for name in STYLES if name.startswith("series"))


def build_theme() -> Theme:
    """Returns the theme for a console, with rich's own styles."""
    return Theme(STYLES)


@dataclasses.dataclass(frozen=True)
class Glyphs:
    """The glyphs of drawings, each a single cell wide.

    Attributes:
        right, wrong, near, open, untrained: Marks of a predicted step.
        solved, partly, remembers, memoryless, diverged, nothing_to_remember, unsolved: Verdicts.
        recall: Marks a recall step. `up` points at the line above.
        dot: Separates phrases of a line; `bullet` begins a line.
        ellipsis: For an omitted part of a line; `vertical_ellipsis` for omitted rows.
        line, rule: A level line in a chart, and a rule. `vertical`, `corner`, `tick_left`, `tick_down` draw axes.
        markers: One for each series of a chart.
        full, empty: The done and the open part of a bar.
        shades: From low to high. `signed`: from negative to positive.
        braille: Whether curves may use braille dots, two by four per cell.
        encoding: The encoding of the stream; other characters are escaped.
    """

    right: str = "✓"
    wrong: str = "✗"
    near: str = "≈"
    open: str = "·"
    untrained: str = "·"
    solved: str = "✓"
    partly: str = "◐"
    remembers: str = "◔"
    memoryless: str = "✗"
    diverged: str = "∞"
    nothing_to_remember: str = "∅"
    unsolved: str = "?"
    recall: str = "▸"
    up: str = "▴"
    dot: str = "·"
    bullet: str = "·"
    ellipsis: str = "…"
    vertical_ellipsis: str = "⋮"
    arrow: str = "→"
    down: str = "↓"
    times: str = "×"
    line: str = "╌"
    rule: str = "─"
    vertical: str = "│"
    corner: str = "└"
    tick_left: str = "┤"
    tick_down: str = "┬"
    markers: str = "●▲■◆▼○"
    full: str = "━"
    empty: str = "─"
    shades: str = " ░▒▓█"
    signed: str = "▼▽·△▲"
    braille: bool = True
    encoding: str = "utf-8"


UNICODE = Glyphs()
ASCII = Glyphs(
    right="+",
    wrong="x",
    near="~",
    open=".",
    untrained=".",
    solved="+",
    partly="%",
    remembers="o",
    memoryless="x",
    diverged="!",
    nothing_to_remember="=",
    unsolved="?",
    recall=">",
    up="^",
    dot="|",
    bullet="-",
    ellipsis="~",
    vertical_ellipsis=":",
    arrow=">",
    down="v",
    times="x",
    line="-",
    rule="-",
    vertical="|",
    corner="+",
    tick_left="+",
    tick_down="+",
    markers="o#*x+@",
    full="=",
    empty="-",
    shades=" .:*#",
    signed="=-.+#",
    braille=False,
    encoding="ascii",
)


def glyphs_for(encoding: str) -> Glyphs:
    """Returns the glyphs for a stream of this encoding."""
    if encoding.lower().replace("_", "-").startswith("utf"):
        return UNICODE
    return ASCII if encoding == ASCII.encoding else dataclasses.replace(ASCII, encoding=encoding)
