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
    """Shows the task of a config.

    Args:
        config: The task, and what shapes its arrays.
        count: How many presentations; None for what the task has.
        pairs: Also draw every step as a pair of input and target.
        arrays: Also draw the one-hot arrays and their shapes.
        file: A new file to write the sequences to in place of a drawing, or None.
        output: How it is printed.
    """
    if file is not None:
        # before the file is made
        check_ending(file)
        with new_file(file) as stream:
            written = write_sequences(config, stream, file.suffix, count)
        output.note(f"Wrote {written} sequences to {file}")
    else:
        print_result(output, TaskResult(config, count, pairs, arrays))
