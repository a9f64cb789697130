"""Trials made up from their settings, called by name in workers of their own."""

import os
import signal
import time
from pathlib import Path

from builders import build_record, build_replicate, build_result

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import baseline
from seqmem.judge.evidence import weigh
from seqmem.results.run import RunResult
from seqmem.results.sweep import Outcome
from seqmem.storage.run_directory import create_run_directory
from seqmem.storage.sweep_directory import read_outcome


def result_of(config: RunConfig) -> RunResult:
    """What a run might have found: the more units, the lower the loss."""
    loss = 1.0 / config.units + abs(config.learning_rate - 0.01)
    at = 100 + config.units if config.units >= 10 else None
    least = baseline(config.task, config.seed, config.head)
    evidence = weigh(1, int(bool(at)), 2, 0.1 * least.recall_loss if at else loss, least.recall_loss)
    replicates = [build_replicate(seed, at, loss, max_error=0.1, evidence=evidence) for seed in config.seeds]
    return build_result(config, replicates, baseline=least)


def store(job):
    """Stores a finished run, or reads it where it is there."""
    path, config = Path(job.path), RunConfig.from_settings(job.settings)
    stored = read_outcome(path, job.settings)
    if stored.status != "missing":
        return stored
    result = result_of(config)
    with create_run_directory(config, path) as directory:
        loss = result.replicates[0].metrics.loss
        many = (loss,) * config.replicates
        for share in (0.2, 0.6, 1.0):
            directory.append_record(build_record(round(share * config.budget), many, accuracy=many))
        directory.write_result(result)
    return Outcome("complete", result.summary)


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
