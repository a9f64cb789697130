"""Results made by hand, for the drawings to be tested on."""

import dataclasses
import math

from builders import BASELINE, build_prediction, build_record, build_replicate, build_result

from seqmem.config.axis import Axis
from seqmem.config.plan import Point
from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.verdict import wilson_interval
from seqmem.results.evaluation import EvalResult, GapResult
from seqmem.results.run import JudgedOn
from seqmem.results.states import Recall, ShownSequence, StatesResult, UnitResult, UnitState
from seqmem.results.summary import RunSummary, Spread
from seqmem.results.sweep import Outcome, SweepResult, Trial


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
        records.append(build_record(presentations, quarter, row, accuracy, accuracy, solved))
    return tuple(records)


def solved_run(**settings):
    """Every replicate solved."""
    config = RunConfig.from_settings(settings)
    replicates = [
        build_replicate(
            seed,
            180 + 10 * index,
            0.004 + index / 1e4,
            180 + 10 * index,
            recall_loss=0.016 + index / 1e3,
            max_error=0.11 + index / 200,
        )
        for index, seed in enumerate(config.seeds)
    ]
    shown = sorted({0, config.replicates - 1})
    return build_result(
        config,
        replicates,
        baseline=BASELINE,
        predictions=tuple(build_prediction(cue, config, index) for index in shown for cue in range(config.task.cues)),
        evaluation=JudgedOn(config.task.cues, *[config.task.cues * config.replicates] * 2, exhaustive=True),
        cost={"updates": 500, "time_steps": 2000},
        history=make_history(config),
    )


def memoryless_run(**settings):
    """The tutorial's recipe: none solved, some of them right by luck."""
    config = RunConfig.from_settings({"window": 1, "learning_rate": 0.001, "stop": False} | settings)
    replicates = []
    for index, seed in enumerate(config.seeds):
        lucky, recall_loss = index % 5 < 2, 0.29 + index / 1e4
        replicates.append(
            build_replicate(
                seed,
                None,
                0.083 + index / 1e4,
                500,
                recall_loss=recall_loss,
                accuracy=1.0 if lucky else 0.875,
                recall_accuracy=1.0 if lucky else 0.5,
                settled_accuracy=1.0 if lucky else 0.875,
                max_error=0.506,
                recall_right=2 if lucky else 1,
                evidence=weigh(1, int(lucky), 2, recall_loss, BASELINE.recall_loss),
            )
        )
    shown = sorted({0, config.replicates - 1})
    return build_result(
        config,
        replicates,
        baseline=BASELINE,
        predictions=tuple(build_prediction(cue, config, index, sure=0.501) for index in shown for cue in range(2)),
        cost={"updates": 2000, "time_steps": 2000},
        history=make_history(config, baseline=0.2773),
    )


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


def judged_again(gaps=(3, 10, 100), replicates=5):
    """A run judged over other gaps: the further away, the less is recalled, and nothing by the last replicate."""
    found = [
        GapResult(
            gap,
            gap == 3,
            0.5,
            (*(1 - gap / 300 - index / 50 for index in range(replicates - 1)), 0.5),
            (1.0,) * replicates,
            (0.1,) * replicates,
            (0.0,) * replicates,
            (gap < 100,) * replicates,
        )
        for gap in gaps
    ]
    return EvalResult(solved_run(replicates=replicates), tuple(found))


def finished_sweep(*axes, rank="success_rate"):
    """A sweep of 20 replicates a trial, fewer of them solved from trial to trial."""
    points = [{}]
    for axis in axes:
        points = [point | {axis.name: value} for point in points for value in axis.values]
    trials = []
    for number, values in enumerate(points, 1):
        solved = 20 // number if number < 6 else 0
        spread = Spread(0.5 + solved / 40, 0.5, 1.0)
        spreads = dict.fromkeys(("recall_accuracy", "accuracy", "recall_loss", "loss"), spread)
        presentations = {"median": 100 * number, "min": 90 * number, "max": 120 * number} if solved else None
        word = "solved" if solved == 20 else "partly" if solved else "memoryless"
        counts = (20, solved, solved, 20 - solved, 0, solved / 20, wilson_interval(solved, 20), presentations, word)
        median = 100 * number if solved > 10 else None
        summary = RunSummary(*counts, Baseline(0.875, 0.5, 0.07, 0.28), spreads, median)
        trials.append(Trial(Point(number, str(number), values), Outcome("complete", summary, "")))
    return SweepResult(tuple(axes), "grid", rank, len(trials), tuple(trials))


GAPS, UNITS, CELLS = Axis("gap", (3, 10, 30)), Axis("units", (5, 20)), Axis("cell", ("lstm", "gru"))

HELD, LOST = Recall(1.0, 0.02, True, False), Recall(0.5, 0.7, False, True)


def states_record(time=5, units=20, kept_by=("4",), **changes):
    """A replicate in which unit 4 keeps the cue and the others hold what does not matter."""
    steps = tuple(sorted({1 + round(at * (time - 1) / min(99, time - 1)) for at in range(min(100, time))}))
    rows = []
    for name in [*kept_by, *(str(at) for at in range(units) if str(at) not in kept_by)]:
        sign = 1.0 if name in kept_by else 0.1
        course = UnitState(
            "c", tuple(0.5 + sign / 2 for _ in steps), (tuple(sign for _ in steps), (-1.0,) * len(steps))
        )
        rows.append(UnitResult(name, 0.5 + sign / 2, name in kept_by, LOST if name in kept_by else HELD, (course,)))
    inputs = tuple(at % 3 for at in range(len(steps)))
    result = StatesResult(
        replicate=2,
        seed=7,
        sequences=256,
        tried=128,
        strings=128,
        group_words=("string", "of fillers"),
        cues=(3, 4),
        baseline=0.5,
        time=time,
        steps=steps,
        shown=(ShownSequence(3, (3, *inputs[1:])), ShownSequence(4, (4, *inputs[1:]))),
        units=tuple(rows),
        unit_count=units,
        chance=0.54,
        most_by_chance=0.62,
        shuffles=199,
        intact=HELD,
        kept_by=tuple(kept_by),
        without=LOST,
        alone=HELD,
    )
    return dataclasses.replace(result, **changes)
