"""Results made by hand, for the drawings to be tested on."""

import dataclasses
import math

from seqmem.config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.results import JudgedOn, Prediction, Record, ReplicateResult, RunResult

BASELINE = Baseline(accuracy=0.875, recall_accuracy=0.5, loss=0.0693, recall_loss=0.2773)


def make_prediction(cue, config, replicate=0, sure=0.97, answer=None):
    low, _ = config.task.gap
    alphabet = config.task.alphabet
    symbols = [alphabet[config.task.filler_count + cue]]
    symbols += [alphabet[index % config.task.filler_count] for index in range(low)]
    symbols += symbols[:1]
    steps = len(symbols) - 1
    recall = [False] * (steps - 1) + [True]
    predicted = [*symbols[1:-1], symbols[-1] if answer is None else answer]
    probability = [0.98] * (steps - 1) + [sure]
    return Prediction(
        replicate=replicate,
        inputs=tuple(symbols[:-1]),
        expected=tuple(symbols[1:]),
        predicted=tuple(predicted),
        probability=tuple(probability),
        margin=tuple(max(0.0, 2 * value - 1) for value in probability),
        error=tuple(1 - value for value in probability),
        settled=(True,) * steps,
        recall=tuple(recall),
    )


def make_history(config, baseline=None, checks=50):
    interval = max(1, config.budget // checks)

    def loss(replicate, presentations):
        share = presentations / config.budget
        start = 0.69 * math.exp(-6 * share * (1 + replicate / config.replicates))
        return max(start, baseline * (1 + 0.02 * math.sin(replicate + presentations))) if baseline else start

    records = []
    for presentations in range(interval, config.budget + 1, interval):
        row = tuple(loss(index, presentations) for index in range(config.replicates))
        quarter = tuple(value / 4 for value in row)
        accuracy = tuple(1.0 if value < 0.2 else 0.5 for value in row)
        solved = tuple(value < 0.1 for value in row)
        records.append(Record(presentations, quarter, row, accuracy, accuracy, solved))
    return tuple(records)


def solved_run(**settings):
    """Every replicate solved."""
    config = RunConfig.from_settings(settings)
    replicates = tuple(
        ReplicateResult(
            seed=seed,
            solved=True,
            diverged=False,
            presentations=180 + 10 * index,
            presentations_to_success=180 + 10 * index,
            met_at=180 + 10 * index,
            missed=0,
            metrics=Metrics(0.004 + index / 1e4, 0.016 + index / 1e3, 1.0, 1.0, 1.0, 0.11 + index / 200, 2, 2),
            evidence=weigh(1, 1, 2, 0.016 + index / 1e3, BASELINE.recall_loss),
        )
        for index, seed in enumerate(config.seeds)
    )
    shown = sorted({0, config.replicates - 1})
    predictions = tuple(make_prediction(cue, config, index) for index in shown for cue in range(config.task.cues))
    evaluation = JudgedOn(config.task.cues, *[config.task.cues * config.replicates] * 2, exhaustive=True)
    cost = {"updates": 500, "time_steps": 2000}
    return RunResult(config, BASELINE, replicates, predictions, evaluation, cost, make_history(config))


def memoryless_run(**settings):
    """The tutorial's recipe: none solved, some of them right by luck."""
    config = RunConfig.from_settings({"window": 1, "learning_rate": 0.001, "stop": False} | settings)
    replicates = tuple(
        ReplicateResult(
            seed=seed,
            solved=False,
            diverged=False,
            presentations=500,
            presentations_to_success=None,
            met_at=None,
            missed=2,
            evidence=weigh(1, int(index % 5 < 2), 2, 0.29 + index / 1e4, BASELINE.recall_loss),
            metrics=Metrics(
                0.083 + index / 1e4,
                0.29 + index / 1e4,
                0.875 if index % 5 > 1 else 1.0,
                0.5 if index % 5 > 1 else 1.0,
                0.875 if index % 5 > 1 else 1.0,
                0.506,
                1 if index % 5 > 1 else 2,
                2,
            ),
        )
        for index, seed in enumerate(config.seeds)
    )
    shown = sorted({0, config.replicates - 1})
    predictions = tuple(make_prediction(cue, config, index, sure=0.501) for index in shown for cue in range(2))
    evaluation = JudgedOn(2, 2 * config.replicates, 2 * config.replicates, exhaustive=True)
    cost = {"updates": 2000, "time_steps": 2000}
    return RunResult(config, BASELINE, replicates, predictions, evaluation, cost, make_history(config, baseline=0.2773))


def replaced_replicates(run, *, metrics=(), evidence=None, **fields):
    """The same run with fields of every replicate replaced, those of its metrics among them."""
    return dataclasses.replace(
        run,
        replicates=tuple(
            dataclasses.replace(
                one,
                metrics=dataclasses.replace(one.metrics, **dict(metrics)),
                evidence=one.evidence if evidence is None else evidence,
                **fields,
            )
            for one in run.replicates
        ),
    )


def fresh_run(replicates=4, recall=0.98, right=126, recall_loss=0.21, **settings):
    """Not solved, judged on fresh strings of fillers, with so much evidence."""
    run = memoryless_run(replicates=replicates, **{"fillers": "fresh", "gap": 5, "window": None} | settings)
    run = replaced_replicates(
        run,
        metrics={"recall_accuracy": recall, "recall_loss": recall_loss, "recall_steps": 256, "max_error": 0.7},
        evidence=weigh(126, right, 2, recall_loss, 0.1981),
    )
    baseline = Baseline(0.1667, 0.5, 0.3987, 0.1981, 0.0, 0.4687)
    judged = JudgedOn(256, 252 * replicates, 0, exhaustive=False)
    return dataclasses.replace(run, baseline=baseline, evaluation=judged)
