"""`seqmem export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seqmem.cli.options import HeadedCommand, option
from seqmem.cli.output import Output, json_text, output_options
from seqmem.cli.stored import read_stored
from seqmem.errors import UsageError

if TYPE_CHECKING:
    from seqmem.cli.stored import Stored


@click.command(
    "export",
    cls=HeadedCommand,
    examples={
        "seqmem export runs/first --to first.csv": "A row a replicate.",
        "seqmem export runs/map --to map.csv": "A row a trial of a sweep.",
        "seqmem export runs/map --to map.svg": "The drawing as a picture.",
    },
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@option(
    "--to",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A new file: .csv, .json, .html or .svg.",
)
@output_options
def command(path: Path, file: Path, output: Output) -> None:
    """Write a stored run or sweep into a file of another format.

    The file is whole or absent, and nothing is written over.
    """
    from seqmem.new_files import new_file, refuse_existing

    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise UsageError(f"--to {file}: must end in {', '.join(WRITERS)}")
    refuse_existing(file)
    content = write(read_stored(path), path).encode()
    with new_file(file) as stream:
        stream.write(content)
    output.note(f"Wrote {file}")


def _csv(stored: Stored, path: Path) -> str:
    from seqmem.export.tables import csv_text, run_table, sweep_table

    table: Callable[[Any], list[dict[str, Any]]] = sweep_table if stored.is_sweep else run_table
    return csv_text(table(stored.result))


def _json(stored: Stored, path: Path) -> str:
    return json_text(stored.result.to_json())


def _html(stored: Stored, path: Path) -> str:
    from seqmem.export.documents import html_text

    return html_text(stored.drawing(), path.resolve().name)


def _svg(stored: Stored, path: Path) -> str:
    from seqmem.render.svg import svg_text

    return svg_text(stored.drawing(), title=path.resolve().name)


WRITERS = {".csv": _csv, ".json": _json, ".html": _html, ".svg": _svg}
