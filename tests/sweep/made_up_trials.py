"""Trials made up from their settings, called by name in workers of their own."""

import os
import signal
import time
from pathlib import Path

from seqmem.config import RunConfig
from seqmem.judge.baseline import baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.results import JudgedOn, Prediction, Record, ReplicateResult, RunResult
from seqmem.rundir import create_run_directory
from seqmem.sweep.store import read_trial
from seqmem.sweep.trial import Reply
from seqmem.sweep_results import Trial, trial_result


def result_of(config: RunConfig) -> RunResult:
    """What a run might have found: the more units, the lower the loss."""
    loss = 1.0 / config.units + abs(config.learning_rate - 0.01)
    solved = config.units >= 10
    metrics = Metrics(loss, loss, 1.0, 1.0 if solved else 0.5, 1.0, 0.1)
    alphabet = config.task.alphabet
    least = baseline(config.task, config.seed, config.head)
    at = 100 + config.units if solved else None
    evidence = weigh(1, int(solved), 2, 0.1 * least.recall_loss if solved else loss, least.recall_loss)
    return RunResult(
        config=config,
        baseline=least,
        replicates=tuple(
            ReplicateResult(seed, solved, False, 200, at, at, 0, metrics, evidence) for seed in config.seeds
        ),
        predictions=(
            Prediction(0, alphabet[:1], alphabet[1:2], alphabet[1:2], (0.9,), (0.8,), (0.1,), (True,), (True,)),
        ),
        evaluation=JudgedOn(2, 2 * config.replicates, 2 * config.replicates, exhaustive=True),
        cost={"updates": 1, "time_steps": 1},
    )


def store(job):
    """Stores a finished run, or reads it where it is there."""
    path, config = Path(job.path), RunConfig.from_settings(job.settings)
    stored = read_trial(path, Trial(0, path.name, {}), config)
    if stored.status != "missing":
        return Reply(stored.status, stored.result, stored.reason)
    result = result_of(config)
    with create_run_directory(config, path) as directory:
        loss = result.replicates[0].metrics.loss
        many = (loss,) * config.replicates
        for share in (0.2, 0.6, 1.0):
            presentations = round(share * config.budget)
            directory.append_record(Record(presentations, many, many, many, many, (False,) * config.replicates))
        directory.write_result(result)
    return Reply("complete", trial_result(result))


def misbehave(job):
    """Ends its process, raises or hangs for some numbers of units, and is well-behaved for all others."""
    units = job.settings["units"]
    if units == 3:
        os._exit(3)
    if units == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    if units == 5:
        raise ValueError("this cell is broken")
    if units == 6:
        time.sleep(600)
    return store(job)


def pid(seconds=0.0):
    time.sleep(seconds)
    return os.getpid()


def die():
    os._exit(1)
