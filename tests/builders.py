"""Results made by hand, for whatever draws, stores, ranks or reads them: each kind of value is built here alone."""

import math
from pathlib import Path

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline, baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.results.run import JudgedOn, Prediction, Record, RunResult
from seqmem.results.summary import ReplicateResult

# of the default task, rounded
BASELINE = Baseline(accuracy=0.875, recall_accuracy=0.5, loss=0.0693, recall_loss=0.2773)


def build_record(presentations, loss, recall_loss=None, accuracy=1.0, recall_accuracy=None, solved=False):
    """A check: a loss for each replicate, all else for each or one for all; recall is as all steps unless given."""
    loss = tuple(loss) if isinstance(loss, (list, tuple)) else (loss,)

    def each(value):
        return tuple(value) if isinstance(value, (list, tuple)) else (value,) * len(loss)

    recall_loss = loss if recall_loss is None else each(recall_loss)
    recall_accuracy = each(accuracy if recall_accuracy is None else recall_accuracy)
    return Record(presentations, loss, recall_loss, each(accuracy), recall_accuracy, each(solved))


def build_replicate(seed=0, at=150, loss=0.01, presentations=200, *, diverged=False, least=BASELINE, **fields):
    """What became of one replicate: solved at a check, or with `at` None not; fields of its metrics by name too."""
    known = {"recall_loss": loss, "accuracy": 1.0, "recall_accuracy": 1.0 if at else 0.5, "settled_accuracy": 1.0}
    known |= {"max_error": 0.1 if at else 0.6, "recall_right": 2 if at else 1, "recall_steps": 2}
    if diverged:
        loss, known = math.nan, dict.fromkeys(known) | {"accuracy": math.nan, "recall_right": 0, "recall_steps": 2}
    metrics = Metrics(loss, **known | {name: fields.pop(name) for name in known if name in fields})
    known = {"solved": at is not None, "presentations_to_success": at, "met_at": at, "missed": 0 if at else 2}
    known["evidence"] = weigh(1, int(at is not None), 2, metrics.recall_loss, least.recall_loss)
    return ReplicateResult(seed=seed, diverged=diverged, presentations=presentations, metrics=metrics, **known | fields)


def build_prediction(cue, config, replicate=0, sure=0.97, answer=None):
    """A sequence of the generated task as a network predicts it: all right, but for another answer at the recall."""
    low, _ = config.task.gap
    alphabet = config.task.input_symbols
    symbols = [alphabet[config.task.filler_count + cue]]
    symbols += [alphabet[index % config.task.filler_count] for index in range(low)]
    symbols += symbols[:1]
    steps = len(symbols) - 1
    probability = (*[0.98] * (steps - 1), sure)
    return Prediction(
        replicate=replicate,
        inputs=tuple(symbols[:-1]),
        expected=tuple(symbols[1:]),
        predicted=(*symbols[1:-1], symbols[-1] if answer is None else answer),
        probability=probability,
        margin=tuple(max(0.0, 2 * value - 1) for value in probability),
        error=tuple(1 - value for value in probability),
        settled=(True,) * steps,
        recall=(*[False] * (steps - 1), True),
    )


def build_result(config=None, replicates=None, **fields):
    """A run that is solved, unless its replicates or any other part are given."""
    config = config or RunConfig()
    replicates = tuple(map(build_replicate, config.seeds) if replicates is None else replicates)
    if "baseline" not in fields:
        fields["baseline"] = baseline(config.task, config.seed, config.head)
    if "predictions" not in fields:
        fields["predictions"] = (build_prediction(0, config),) if config.task.gap else ()
    judged = 2 * len(replicates)
    known = {"evaluation": JudgedOn(2, judged, judged, exhaustive=True), "cost": {"updates": 200, "time_steps": 800}}
    return RunResult(config=config, replicates=replicates, **known | fields)


def example_record(presentations=10, replicates=2):
    """A check in which no two kinds of value are the same."""
    return build_record(
        presentations,
        loss=(0.25,) * replicates,
        recall_loss=(0.5,) * (replicates - 1) + (None,),
        accuracy=0.875,
        recall_accuracy=0.5,
        solved=(True,) + (False,) * (replicates - 1),
    )


def example_result(config=None, diverged=False):
    """A small result with everything in it; where asked for, all replicates but the first have diverged."""
    config = config or RunConfig(replicates=2, seed=5)
    good = {"at": 10, "loss": 0.01, "recall_loss": 0.02, "presentations": 20, "max_error": 0.125}
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
    return build_result(
        config,
        [
            build_replicate(seed, **good)
            if number == 0 or not diverged
            else build_replicate(seed, None, presentations=20, diverged=True)
            for number, seed in enumerate(config.seeds)
        ],
        baseline=BASELINE,
        predictions=(prediction,),
        cost={"updates": 1000, "time_steps": 4000},
        history=(example_record(10, config.replicates), example_record(20, config.replicates)),
    )


class Mark:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)
