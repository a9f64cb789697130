"""Stored sweeps as rows of the table of runs."""

from __future__ import annotations

from pathlib import Path

from seqmem.errors import SeqmemError
from seqmem.listing import COLUMNS, Row, run_row
from seqmem.run_lock import is_locked
from seqmem.rundir import RESULT, CorruptRun
from seqmem.sweep.store import TRIALS, is_sweep, read_plan


def sweep_rows(root: Path) -> list[Row]:
    """Returns a row for each sweep right under a folder, or for the folder itself where it is one."""
    if not root.is_dir():
        return []
    folders = [root] if is_sweep(root) else sorted(path for path in root.iterdir() if path.is_dir() and is_sweep(path))
    return [_row(path) for path in folders]


def _row(path: Path) -> Row:
    """A sweep as a row: settings that vary hold all their values, the verdict how many trials have a result."""
    try:
        plan = read_plan(path)
    except SeqmemError as error:
        return run_row(CorruptRun(path, str(error)))
    finished = sum(1 for _ in path.glob(f"{TRIALS}/*/{RESULT}"))
    status = "complete" if finished == plan.total else "running" if is_locked(path) else "interrupted"
    varied = {axis.name: str(axis).partition("=")[2] for axis in plan.axes}
    known = {"run": str(path), "status": status, "verdict": f"sweep {finished}/{plan.total}"}
    return dict.fromkeys(COLUMNS) | plan.base | varied | known
