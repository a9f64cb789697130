"""One run from end to end: a config goes in, records come out on the way, and a result at the end.

TensorFlow is imported when a run starts, not when this module is: the command line reads it first.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from typing import Any

from seqmem import runtime
from seqmem.checkpoints import write_checkpoint
from seqmem.config import RunConfig
from seqmem.errors import SettingError
from seqmem.results import Progress, RunResult
from seqmem.rundir import RunDirectory
from seqmem.tasks.ceilings import Ceiling, ceiling


def run(config: RunConfig) -> RunResult:
    """Trains and judges a population, and returns what it found; nothing is written.

    Args:
        config: All settings.

    Raises:
        SettingError: If settings do not go together.
    """
    steps = train(config)
    while True:
        try:
            next(steps)
        except StopIteration as stopped:
            return stopped.value


def train(
    config: RunConfig, directory: RunDirectory | None = None, *, threads: int = 1, cache: bool = True
) -> Generator[Progress, None, RunResult]:
    """Trains and judges a population chunk by chunk; the caller draws, and stops by closing the generator.

    Args:
        config: All settings.
        directory: Where to keep records, weights and the result; None keeps nothing.
        threads: Threads that one operation may use.
        cache: Whether compiled programs are kept for the next process.

    Yields:
        Where the run stands after each compiled chunk.

    Returns:
        The result, once it is written.
    """
    ceilings = replicate_ceilings(config)
    runtime.prepare(threads, cache)
    started = time.perf_counter()
    if directory is not None:
        directory.write_environment(runtime.environment(threads))
    from seqmem.evaluation.judge import Judge
    from seqmem.models.population import build_population
    from seqmem.training.loop import Training

    imported = time.perf_counter()
    population = build_population(config)
    population.start(config.seeds)
    judge = Judge(config, population, ceilings)
    training = Training(config, population, judge.check)
    training.compile()
    history = []
    while not training.done:
        progress = training.advance()
        if progress.record is not None:
            history.append(progress.record)
            if directory is not None:
                directory.append_record(progress.record)
        yield progress
    judged = time.perf_counter()
    result = _result(config, ceilings, training, judge, tuple(history))
    ended = time.perf_counter()
    if directory is not None:
        write_checkpoint(
            directory.path / "checkpoints",
            training.presentations,
            population.arrays(),
            {"training": training.state(), "checks": judge.state()},
        )
        seconds = {
            "import": imported - started,
            **training.seconds,
            "evaluate": ended - judged,
            "total": ended - started,
        }
        directory.write_timing({name: round(value, 4) for name, value in seconds.items()})
        directory.write_result(result)
    return result


def replicate_ceilings(config: RunConfig) -> list[Ceiling]:
    """Returns the memoryless ceiling of each replicate.

    Raises:
        SettingError: If only recall steps are to be trained and the task has none.
    """
    seeds = [config.seed] if config.task.same_for_every_seed or not config.task.finite else config.seeds
    found = [ceiling(config.task, seed, config.head) for seed in seeds]
    if config.loss_at == "recall" and found[0].recall_accuracy is None:
        raise SettingError("loss_at", "recall", "this task has no recall step: the last symbol tells every target")
    return found * config.replicates if len(found) < config.replicates else found


def mean_ceiling(ceilings: list[Ceiling]) -> Ceiling:
    """Returns the mean over replicates, which differ only where each has fillers of its own."""

    def mean(name: str) -> Any:
        values = [getattr(one, name) for one in ceilings]
        return None if values[0] is None else statistics.fmean(values) if len(set(values)) > 1 else values[0]

    return Ceiling(mean("accuracy"), mean("recall_accuracy"), mean("loss"), mean("recall_loss"))


def _result(config: RunConfig, ceilings: list[Ceiling], training: Any, judge: Any, history: tuple) -> RunResult:
    from seqmem.evaluation.predictions import predictions
    from seqmem.evaluation.report import replicate_results, shown_replicates

    metrics, met, outputs, sequences = judge.report()
    replicates = replicate_results(config, training, metrics, met)
    return RunResult(
        config=config,
        ceiling=mean_ceiling(ceilings),
        replicates=replicates,
        predictions=predictions(outputs, sequences, shown_replicates(replicates), config.task.alphabet),
        evaluation={"sequences": len(sequences[0]), "held_out": not config.task.finite},
        cost={"updates": training.updates_made, "time_steps": training.time_steps},
        history=history,
    )
