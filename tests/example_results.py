"""A small result with everything in it."""

import math

from seqmem.config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.results import JudgedOn, Prediction, Record, ReplicateResult, RunResult


def example_record(presentations=10, replicates=2):
    return Record(
        presentations=presentations,
        loss=(0.25,) * replicates,
        recall_loss=(0.5,) * (replicates - 1) + (None,),
        accuracy=(0.875,) * replicates,
        recall_accuracy=(0.5,) * replicates,
        solved=(True,) + (False,) * (replicates - 1),
    )


def example_result(config=None, diverged=False):
    config = config or RunConfig(replicates=2, seed=5)
    good = Metrics(0.01, 0.02, 1.0, 1.0, 1.0, 0.125, 2, 2)
    bad = Metrics(math.nan, None, math.nan, None, None, None, 0, 2)
    replicates = tuple(
        ReplicateResult(seed, True, False, 20, 10, 10, 0, good, weigh(1, 1, 2, 0.02, 0.2773))
        if number == 0 or not diverged
        else ReplicateResult(seed, False, True, 20, None, None, 2, bad, weigh(1, 0, 2, None, 0.2773))
        for number, seed in enumerate(config.seeds)
    )
    prediction = Prediction(
        replicate=0,
        inputs=(3, 0),
        expected=(0, 3),
        predicted=(0, 4),
        probability=(0.9, 0.6),
        margin=(0.8, 0.2),
        error=(0.1, 0.4),
        settled=(True, True),
        recall=(False, True),
    )
    return RunResult(
        config=config,
        baseline=Baseline(0.875, 0.5, 0.0693, 0.2773),
        replicates=replicates,
        predictions=(prediction,),
        evaluation=JudgedOn(2, 2 * config.replicates, 2 * config.replicates, exhaustive=True),
        cost={"updates": 1000, "time_steps": 4000},
        history=(example_record(10, config.replicates), example_record(20, config.replicates)),
    )
