"""What the driver of a sweep costs by itself: 10,000 trials that do nothing.

    python experiments/benchmarks/sweep_driver.py [TRIALS [TRIALS OF A SEARCH]]

Prints milliseconds a trial for a grid: making the plan, running it in this process and on two spawned workers, going on
with it and reading it when all is finished; and for a search, what of it Optuna's sampler takes.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from seqmem.backend.extras import import_optuna
from seqmem.config.axis import parse_axis
from seqmem.config.plan import Plan, build_plan
from seqmem.config.run_config import RunConfig
from seqmem.config.toml import config_text
from seqmem.judge.baseline import baseline
from seqmem.judge.evidence import Evidence
from seqmem.judge.metrics import Metrics
from seqmem.results.run import JudgedOn, Prediction, RunResult
from seqmem.results.summary import ReplicateResult
from seqmem.results.sweep import Outcome
from seqmem.storage.result_files import SUMMARY, write_result
from seqmem.storage.run_directory import CONFIG
from seqmem.storage.sweep_directory import create_sweep_directory, open_sweep_directory, read_sweep
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import Engine
from seqmem.sweep.processes import InlineExecutor, WorkerExecutor
from seqmem.sweep.trial import Job

REPLICATES = 20


def result_of(config: RunConfig) -> RunResult:
    """A result of the usual size."""
    metrics = Metrics(0.01, 0.01, 1.0, 1.0, 1.0, 0.1)
    symbols, four = ("3", "0", "1", "2", "3"), (0.9,) * 4
    shown = Prediction(0, symbols[:-1], symbols[1:], symbols[1:], four, four, four, (True,) * 4, (True,) * 4)
    evidence = Evidence(1, 1, 0.25, 0.2, True)
    replicates = tuple(ReplicateResult(seed, True, False, 200, 150, 150, 0, metrics, evidence) for seed in config.seeds)
    least, cost = baseline(config.task, config.seed, config.head), {"updates": 1, "time_steps": 1}
    return RunResult(config, least, replicates, (shown,) * 6, JudgedOn(2, 2, 2, True), cost)


OUTCOME = Outcome("complete", result_of(RunConfig.from_settings({"replicates": REPLICATES})).summary)


def do_nothing(job: Job) -> Outcome:
    """Stands in for a trial."""
    return OUTCOME


def build(count: int) -> Plan:
    """A grid of so many trials."""
    axes = [parse_axis(f"units=1..{count // 10}"), parse_axis("check-every=1..10")]
    return build_plan({"replicates": REPLICATES}, axes)


def search(count: int) -> Plan:
    """A search of so many trials."""
    axes = [parse_axis("units=4~64"), parse_axis("learning-rate=1e-4~1e-1")]
    return build_plan({"replicates": REPLICATES}, axes, search="tpe", count=count, rank="recall_loss")


class Stopwatch:
    """Adds up what calls of some functions take in the thread of the driver."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function with its time added up."""

        def call(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                if threading.current_thread() is threading.main_thread():
                    self.seconds += time.perf_counter() - began

        return call


def main(count: int, searched: int) -> None:
    """Prints a line a measurement."""

    def tell(what: str, seconds: float, trials: int = count) -> None:
        print(f"{what:58}{trials:7} trials {1000 * seconds / trials:7.3f} ms a trial", flush=True)

    def run(plan: Plan, path: Path, executor: Executor, workers: int, again: bool = False) -> float:
        began = time.perf_counter()
        directory = open_sweep_directory(path) if again else create_sweep_directory(plan, path)
        sweep = Sweep(directory, Engine(executor, lambda: workers, call=do_nothing))
        for _ in sweep:
            pass
        assert sweep.result.counts["complete"] == plan.total
        executor.shutdown()
        directory.close()
        return time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        one, two, sought = (Path(folder) / name for name in ("one", "two", "sought"))
        began = time.perf_counter()
        plan = build(count)
        tell("grid: making and checking the plan", time.perf_counter() - began)
        tell("grid: in this process", run(plan, one, InlineExecutor(), 1))
        tell("grid: on two workers", run(plan, two, WorkerExecutor(2), 2))
        store(plan, one)
        tell("grid: resuming where all are finished", run(plan, one, InlineExecutor(), 1, again=True))
        for what in ("the rows of the trials", "results without rows, as older ones are"):
            began = time.perf_counter()
            assert read_sweep(one).counts["complete"] == count
            tell(f"grid: reading it for `seqmem show` from {what}", time.perf_counter() - began)
            for row in one.glob(f"trials/*/{SUMMARY}"):
                row.unlink()
        optuna, watch = import_optuna(), Stopwatch()
        for name in ("ask", "tell", "add_trials"):
            setattr(optuna.Study, name, watch.around(getattr(optuna.Study, name)))
        whole = run(search(searched), sought, InlineExecutor(), 1)
        tell("tpe: Optuna's sampler", watch.seconds, searched)
        tell("tpe: all the rest, the mirror for optuna-dashboard as well", whole - watch.seconds, searched)


def store(plan: Plan, path: Path) -> None:
    """Writes the run directories of finished trials."""
    for point in plan.points:
        config = plan.config(point)
        place = path / "trials" / point.name
        place.mkdir()
        (place / CONFIG).write_text(config_text(config))
        write_result(place, result_of(config))


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:3]] or [10_000]
    main(counts[0], counts[-1])
