"""What `seqmem export` writes, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.storage.json import json_text

if TYPE_CHECKING:
    from seqmem.storage.load import Stored


def _csv(stored: Stored, path: Path) -> str:
    from seqmem.export.tables import csv_text, run_table, sweep_table

    table: Callable[[Any], list[dict[str, Any]]] = sweep_table if stored.is_sweep else run_table
    return csv_text(table(stored.result))


def _json(stored: Stored, path: Path) -> str:
    return json_text(stored.result.to_json())


def _html(stored: Stored, path: Path) -> str:
    import seqmem.render.results  # noqa: F401  # registers how results are drawn
    from seqmem.export.pages import html_text

    return html_text(stored.result, path.resolve().name)


def _svg(stored: Stored, path: Path) -> str:
    import seqmem.render.results  # noqa: F401  # registers how results are drawn
    from seqmem.export.pages import svg_text

    return svg_text(stored.result, title=path.resolve().name)


WRITERS = {".csv": _csv, ".json": _json, ".html": _html, ".svg": _svg}
