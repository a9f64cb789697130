"""What `seqmem export` does: a stored run or sweep is written into a file of another format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.errors import UsageError
from seqmem.export.pages import html_text, svg_text
from seqmem.export.tables import csv_text, run_table, sweep_table
from seqmem.results.json import json_text
from seqmem.storage.atomic import new_file, refuse_existing
from seqmem.storage.load import Stored, read_stored
from seqmem.terminal.output import Output


def export(path: Path, file: Path, output: Output) -> None:
    """Writes what is stored in a directory to a new file, in the format that its name ends in.

    Raises:
        UsageError: If the name ends otherwise, or the file is there already.
    """
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise UsageError(f"--to {file}: must end in {', '.join(WRITERS)}")
    refuse_existing(file)
    content = write(read_stored(path), path.resolve().name).encode()
    with new_file(file) as stream:
        stream.write(content)
    output.note(f"Wrote {file}")


def _csv(stored: Stored, title: str) -> str:
    table: Callable[[Any], list[dict[str, Any]]] = sweep_table if stored.is_sweep else run_table
    return csv_text(table(stored.result))


# The text of a file, from what is stored and what it is called.
WRITERS: dict[str, Callable[[Stored, str], str]] = {
    ".csv": _csv,
    ".json": lambda stored, title: json_text(stored.result.to_json()),
    ".html": lambda stored, title: html_text(stored.result, title),
    ".svg": lambda stored, title: svg_text(stored.result, title=title),
}
