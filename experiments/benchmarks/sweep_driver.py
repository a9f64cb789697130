"""What the driver of a sweep costs by itself: 10,000 trials that do nothing.

    python experiments/benchmarks/sweep_driver.py [TRIALS]

Prints milliseconds a trial for making the plan, running it in this process and on two spawned workers, and for going
on with a sweep whose trials are all finished.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from seqmem.config import RunConfig
from seqmem.results import Metrics, Prediction, ReplicateResult, RunResult
from seqmem.rundir import CONFIG, RESULT
from seqmem.sweep.axis import parse_axis
from seqmem.sweep.driver import drain, run_sweep
from seqmem.sweep.engine import Engine
from seqmem.sweep.executors import InlineExecutor, SlotExecutor
from seqmem.sweep.plan import Plan, build_plan
from seqmem.sweep.store import create_sweep_directory, open_sweep_directory, read_sweep
from seqmem.sweep.trial import Job, Reply
from seqmem.sweep_results import trial_result
from seqmem.tasks.ceilings import ceiling

REPLICATES = 20


def result_of(config: RunConfig) -> RunResult:
    """A result of the usual size."""
    metrics = Metrics(0.01, 0.01, 1.0, 1.0, 1.0, 0.1)
    symbols, four = ("3", "0", "1", "2", "3"), (0.9,) * 4
    shown = Prediction(0, symbols[:-1], symbols[1:], symbols[1:], four, four, four, (True,) * 4, (True,) * 4)
    replicates = tuple(ReplicateResult(seed, True, False, 200, 150, metrics) for seed in config.seeds)
    evaluation, cost = {"sequences": 2, "held_out": False}, {"updates": 1, "time_steps": 1}
    return RunResult(config, ceiling(config.task, config.seed, config.head), replicates, (shown,) * 6, evaluation, cost)


REPLY = Reply("complete", trial_result(result_of(RunConfig.from_settings({"replicates": REPLICATES}))))


def do_nothing(job: Job) -> Reply:
    """Stands in for a trial."""
    return REPLY


def build(count: int) -> Plan:
    """A grid of so many trials."""
    axes = [parse_axis(f"units=1..{count // 10}"), parse_axis("check-every=1..10")]
    return build_plan({"replicates": REPLICATES}, axes)


def main(count: int) -> None:
    """Prints a line a measurement."""

    def tell(what: str, began: float) -> None:
        print(f"{what:42} {1000 * (time.perf_counter() - began) / count:7.3f} ms a trial")

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        plan = build(count)
        tell("making and checking the plan", began)
        for name, executor, slots in (("this process", InlineExecutor(), 1), ("two workers", SlotExecutor(2), 2)):
            began = time.perf_counter()
            directory = create_sweep_directory(plan, Path(folder) / name)
            found = drain(run_sweep(directory, Engine(executor, lambda slots=slots: slots, call=do_nothing)))
            tell(f"running, trials of no work in {name}", began)
            assert found.counts["complete"] == count
            executor.shutdown()
            directory.close()
        store(plan, Path(folder) / "this process")
        began = time.perf_counter()
        directory = open_sweep_directory(Path(folder) / "this process")
        found = drain(run_sweep(directory, Engine(InlineExecutor(), lambda: 1, call=do_nothing)))
        tell("going on where all are finished", began)
        directory.close()
        began = time.perf_counter()
        assert read_sweep(directory.path).to_json() == found.to_json()
        tell("reading it again for `seqmem show`", began)


def store(plan: Plan, path: Path) -> None:
    """Writes the run directories of finished trials, without waiting for the disk."""
    import json

    from seqmem.config_file import config_text

    for trial in plan.trials:
        config = plan.config(trial)
        place = path / "trials" / trial.name
        place.mkdir()
        (place / CONFIG).write_text(config_text(config))
        (place / RESULT).write_text(json.dumps(result_of(config).to_json()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
