"""What `seqmem export` does: a stored run or sweep is written into a file of another format."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.cells.cell import Cell
from seqmem.commands.train import trusted_cell
from seqmem.errors import SettingError, UsageError
from seqmem.experiment.trained import read_trained
from seqmem.export.pages import html_text, svg_text
from seqmem.export.tables import csv_text, run_table, sweep_table
from seqmem.interchange.keras_model import build_keras_model, keras_file
from seqmem.interchange.tensorboard import write_events
from seqmem.results.json import json_text
from seqmem.storage.atomic import new_file, new_folder, refuse_existing
from seqmem.storage.load import Stored, read_stored
from seqmem.storage.run_directory import read_run
from seqmem.terminal.output import Output

FOLDER_FORMAT = "tensorboard"


def export(
    path: Path,
    to: Path,
    output: Output,
    *,
    format: str | None = None,
    replicate: str = "best",
    stateful: bool = True,
    cell: Cell | None = None,
) -> None:
    """Writes what is stored in a directory to a new file, or for TensorBoard to a new folder.

    Args:
        path: A run or sweep directory.
        to: The new file.
        output: Where it is said that it was written.
        format: One of `FORMATS`; None for the one that the name ends in.
        replicate: Whose weights a Keras model has: `best`, `worst` or a number.
        stateful: Whether a Keras model keeps its state from one call to the next.
        cell: As for `trusted_cell`.

    Raises:
        UsageError: If the format is not known, or the file is there already.
    """
    chosen = format or to.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        name = f"--format {format}" if format else f"--to {to}"
        known = ", ".join(f".{one}" for one in FORMATS if one != FOLDER_FORMAT)
        raise UsageError(f"{name}: must end in {known}, or be a folder with --format {FOLDER_FORMAT}", "to", str(to))
    refuse_existing(to)
    if chosen == FOLDER_FORMAT:
        result = read_stored(path).result
        with new_folder(to) as folder:
            written = write_events(result, folder)
        return output.note(f"Wrote {written} event files into {to}; see them with: tensorboard --logdir {to}")
    if chosen == "keras":
        content = _keras(path, replicate, stateful, cell)
    else:
        content = TEXTS[chosen](read_stored(path), path.resolve().name).encode()
    with new_file(to) as stream:
        stream.write(content)
    output.note(f"Wrote {to}")


def _keras(path: Path, replicate: str, stateful: bool, cell: Cell | None) -> bytes:
    if replicate == "all":
        raise SettingError("replicate", replicate, "a Keras model is one replicate: best, worst or a number")
    trained = read_trained(read_run(path, trusted_cell(path, cell)), replicate)
    config = dataclasses.replace(trained.stored.config, seed=trained.seed, replicates=1)
    weights = {name: array[0] for name, array in trained.population(config).arrays().items()}
    return keras_file(build_keras_model(config, weights, stateful))


def _csv(stored: Stored, title: str) -> str:
    table: Callable[[Any], list[dict[str, Any]]] = sweep_table if stored.is_sweep else run_table
    return csv_text(table(stored.result))


# The text of a file, from what is stored and what it is called.
TEXTS: dict[str, Callable[[Stored, str], str]] = {
    "csv": _csv,
    "json": lambda stored, title: json_text(stored.result.to_json()),
    "html": lambda stored, title: html_text(stored.result, title),
    "svg": lambda stored, title: svg_text(stored.result, title=title),
}
FORMATS = (*TEXTS, "keras", FOLDER_FORMAT)
