"""Stored runs as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from seqmem.render.page import Page, View, stack
from seqmem.render.wording import plural, shown_amount, shown_score, shown_symbol

SHORTEST_NAME = 24


def draw_list(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Draws stored runs, one a line.

    Args:
        rows: What `seqmem.listing.run_row` gives: `run`, `status`, settings and results by name.
    """
    return View(lambda page: stack(list_lines(rows, page)))


def list_lines(rows: Sequence[Mapping[str, Any]], page: Page) -> list[Text]:
    """Returns the lines of `draw_list`: as many columns as fit, the name of the run always in full where it can."""
    if not rows:
        return [Text(" no runs here yet: seqmem train makes one", "muted")]
    cells = [{name: show(row) for name, show in COLUMNS.items()} for row in rows]
    names = [shown_symbol(row["run"], 200, page.glyphs) for row in rows]
    longest = max(map(cell_len, names))
    chosen: list[str] = []
    widths: dict[str, int] = {}
    for name in COLUMNS:
        width = max(cell_len(name), *(cell_len(row[name]) for row in cells))
        used = sum(widths.values()) + 2 * len(widths)
        if used + width + 2 + max(SHORTEST_NAME, longest) + 1 > page.width and len(chosen) >= 3:
            continue
        chosen.append(name)
        widths[name] = width
    room = max(SHORTEST_NAME, min(longest, page.width - 1 - sum(widths.values()) - 2 * len(widths)))
    head = Text(" " + "run".ljust(room), "label")
    for name in chosen:
        head.append("  " + name.rjust(widths[name]))
    lines = [head]
    for row, cell, name in zip(rows, cells, names, strict=True):
        line = Text(f" {_tail(name, room, page)}")
        if row["status"] == "corrupt":
            problem = shown_symbol(row.get("problem") or "cannot be read", 500, page.glyphs)
            problem = problem.removeprefix(f"{row['run']}: ").removeprefix(f"{row['run']}/")
            lines.append(Text(f" {name}  ").append("corrupt: ", "wrong").append(problem, "muted"))
            continue
        for column in chosen:
            style = cell[column].split(" ")[0] if column == "verdict" else ""
            line.append("  ").append(cell[column].rjust(widths[column]), VERDICT_STYLES.get(style, style and "muted"))
        lines.append(line)
    unfinished = sum(row["status"] != "complete" for row in rows)
    words = plural(len(rows), "run") + (f", {unfinished} of them without a result" if unfinished else "")
    return [*lines, Text(f" {words}", "muted")]


VERDICT_STYLES = {name: name for name in ("solved", "partly", "memoryless", "unsolved", "diverged")}


def _tail(name: str, width: int, page: Page) -> str:
    """The end of a path says more than its beginning."""
    if cell_len(name) <= width:
        return name + " " * (width - cell_len(name))
    base = PurePath(name).name
    kept = base if cell_len(base) < width else base[-(width - 1) :]
    return (page.glyphs.ellipsis + kept).ljust(width)


def _verdict(row: Mapping[str, Any]) -> str:
    return row.get("verdict") or row["status"]


def _solved(row: Mapping[str, Any]) -> str:
    return "-" if row.get("solved") is None else f"{row['solved']}/{row['replicates']}"


def _presentations(row: Mapping[str, Any]) -> str:
    value = row.get("presentations_to_success")
    return "-" if value is None else shown_amount(value)


def _network(row: Mapping[str, Any]) -> str:
    return "-" if row.get("cell") is None else f"{row['cell']} {row['units']}"


COLUMNS = {
    "verdict": _verdict,
    "solved": _solved,
    "recall": lambda row: shown_score(row.get("recall_accuracy")),
    "at": _presentations,
    "gap": lambda row: str(row.get("gap") or "-"),
    "network": _network,
    "fillers": lambda row: str(row.get("fillers") or "-"),
    "recall loss": lambda row: shown_score(row.get("recall_loss"), 4),
}
