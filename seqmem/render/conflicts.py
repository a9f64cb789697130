"""Where a task contradicts itself for those who see one symbol only, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.terminal.console import Page
from seqmem.terminal.wording import shown_symbol

MOST_LINES = 4
MOST_WORDS = 6
LONGEST_START = 4


def conflict_lines(config: RunConfig, page: Page) -> list[Text]:
    """Returns lines such as `after 2: 3 or 4; the first symbol decides`."""
    lines = []
    for one in config.task.conflict(config.seed):
        shown = [_word(word, page) for word in one.after]
        shown = shown if len(shown) <= LONGEST_START else [page.glyphs.ellipsis, *shown[1 - LONGEST_START :]]
        options = _listed(one.options, page) + (f", and at the end {_listed(one.at_end, page)}" if one.at_end else "")
        after = " ".join([*shown, *([one.place] if one.place else [])])
        lines.append(Text.assemble("after ", (after, "bold"), ": ", (options, "recall"), f"; {one.decides}"))
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], Text(f"and {len(lines) - MOST_LINES + 1} more", "muted")]
    return lines or [Text("none: the last symbol always tells the next", "muted")]


def _word(symbol: str, page: Page) -> str:
    return shown_symbol(symbol, 12, page.glyphs)


def _listed(symbols: Sequence[str], page: Page) -> str:
    """`3 or 4`, `1, 2 or 3`, and no more than a few."""
    words = [_word(symbol, page) for symbol in symbols]
    if len(words) > MOST_WORDS:
        return f"{', '.join(words[: MOST_WORDS - 2])}, {page.glyphs.ellipsis} or {words[-1]}"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""
