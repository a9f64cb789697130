"""Symbols, numbers and counts as words of a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from seqmem.terminal.counts import plural as plural
from seqmem.terminal.counts import shown_count as shown_count
from seqmem.terminal.style import UNICODE, Glyphs


def shown_symbol(symbol: object, width: int = 12, glyphs: Glyphs = UNICODE) -> str:
    r"""Returns a symbol in at most `width` cells, with control characters escaped (`\x1b`).

    Characters that the stream cannot encode are escaped too (`\u4f60`), so that different symbols stay different.
    """
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(symbol))
    text = text.encode(glyphs.encoding, "backslashreplace").decode(glyphs.encoding)
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + glyphs.ellipsis


def listed(words: Sequence[str]) -> str:
    """Returns `a`, `a and b`, `a, b and c`."""
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown_score(value: float | None, digits: int = 3) -> str:
    """Returns a score or loss with `digits` decimals; `-` for None."""
    if value is None:
        return "-"
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf"
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.0e}"
    return f"{value:.{digits}f}"


def shown_amount(count: float) -> str:
    """Returns a count in at most five characters: `950`, `12k`, `1.5M`, `2G`."""
    # thousands are written out up to ten of them
    for least, size, unit in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(count) >= least:
            return f"{count / size:.3g}{unit}"
    return f"{count:.4g}"


def shown_seconds(seconds: float) -> str:
    """Returns a length of time: `8 s`, `3 min 20 s`, `2 h 05 min`."""
    if not math.isfinite(seconds):
        return "?"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
