"""`seqmem task`: a task drawn, or written to a file."""

from __future__ import annotations

from pathlib import Path

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.config.run_config import RunConfig
from seqmem.export.task_files import check_ending, write_sequences
from seqmem.results.task import TaskResult
from seqmem.storage.atomic import new_file
from seqmem.terminal.console import print_result
from seqmem.terminal.output import Output


def task(config: RunConfig, *, count: int | None, pairs: bool, arrays: bool, file: Path | None, output: Output) -> None:
    """Draws the task of a config, or writes its sequences to a new file; other arguments as in `TaskResult`."""
    if file is not None:
        check_ending(file)
        with new_file(file) as stream:
            written = write_sequences(config, stream, file.suffix, count)
        output.note(f"Wrote {written} sequences to {file}")
    else:
        print_result(output, TaskResult(config, count, pairs, arrays))
