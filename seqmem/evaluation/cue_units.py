"""The units that carry the cue: without them it is forgotten."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.evaluation.evaluator import recalled_symbols
from seqmem.evaluation.predictions import digits, shown_symbols
from seqmem.evaluation.scores import count_groups
from seqmem.evaluation.states import StateRunner, Unit, units_of
from seqmem.evaluation.telling import SHUFFLES, telling, telling_by_chance
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import weigh
from seqmem.models.population import Population
from seqmem.results.states import Recall, ShownSequence, StatesResult, UnitResult, UnitState
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.streams import SequenceStream, cues_per_string, finite_sequences
from seqmem.tasks.task import Task

# Sequences for the reported figures, and the fewest strings of fillers among them. Units are selected on other
# sequences, half as many.
SEQUENCES, STRINGS = 256, 32
MOST_STEPS = 100  # recorded steps: more than a page has columns
MOST_UNITS = 32  # units of a large network that are silenced one by one, the most telling first
# With fewer strings, any difference between two sequences tells the cue, whatever its cause.
FEWEST_STRINGS = 8
GUESSING = 0.05  # above this p-value recall counts as guessing
LITTLE = 0.1  # above the baseline, as a fraction of the way from the baseline to 1
NO_CUE = "no recall step of this task asks for one of several cues"
NO_STEPS = np.zeros(0, int)


@dataclasses.dataclass(frozen=True)
class Sample:
    """Sequences and their recall steps.

    Attributes:
        batch: The sequences.
        rows: int `(asked,)`, the sequences with a recall step.
        last: int `(asked,)`, the place of the last recall step of each.
        cues: int `(asked,)`, the target of that step.
        targets: int `(recall,)`, the targets of all recall steps, sequence by sequence.
        groups: int `(recall,)`, the group of each, which looks alike without memory.
    """

    batch: SequenceBatch
    rows: np.ndarray
    last: np.ndarray
    cues: np.ndarray
    targets: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(cls, batch: SequenceBatch, task: Task) -> Sample:
        """Returns a batch with its recall steps."""
        rows = np.nonzero(batch.recall.any(axis=1))[0]
        last = batch.recall.shape[1] - 1 - batch.recall[rows, ::-1].argmax(axis=1)
        groups = task.groups(batch)
        return cls(batch, rows, last, batch.targets[rows, last], batch.targets[batch.recall], groups)


def cue_states(config: RunConfig, population: Population, replicate: int, baseline: Baseline) -> StatesResult:
    """Measures which units of a replicate keep the cue; SettingError if no recall step asks for one of several cues."""
    task = config.task
    measured, tried = _samples(task, config.seeds[replicate])
    runner = StateRunner(population, replicate, config.layout, recalled_symbols(task))
    every = units_of(population.network, config.layers, config.units, config.cell.state_names)

    # the steps on record: not of the whole task, as few sequences of random length are nearly as long as they can be
    shown = shown_pair(measured)
    time = int(measured.batch.valid[measured.rows[list(shown)]].sum(axis=1).max())
    steps = np.unique(np.linspace(0, time - 1, min(time, MOST_STEPS)).round().astype(int))

    # how well each unit tells the cue
    taken = np.union1d(steps, measured.last)
    course = runner.run(measured.batch, taken, room=2).states
    ends = course[np.searchsorted(taken, measured.last), measured.rows]
    areas = telling(ends, measured.cues), telling_by_chance(ends, measured.cues, config.seed)
    tells, by_chance = (best_of_units(each, every) for each in areas)
    strings = count_groups(np.ones(len(measured.groups), bool), measured.groups, measured.targets).groups
    above = tells > (by_chance.max() if strings >= FEWEST_STRINGS else 0.5)

    # recall with a unit silenced, and with several
    order = np.argsort(-tells, kind="stable")[:MOST_UNITS]
    trial, final = Silencing(runner, baseline, tried, len(order) + 1), Silencing(runner, baseline, measured, 2)
    silenced, kept_by, (intact, without, alone) = silence_units(trial, final, every, order, above)

    course = course[np.searchsorted(taken, steps)]
    courses = (_courses(every[index], course, measured, steps, shown) for index in order)
    results = [
        UnitResult(every[index].name, digits(tells[index]), bool(above[index]), recall, states)
        for index, recall, states in zip(order, silenced, courses, strict=True)
    ]
    return StatesResult(
        replicate=replicate,
        seed=config.seeds[replicate],
        sequences=len(measured.batch),
        tried=0 if tried.batch is measured.batch else len(tried.batch),
        strings=strings,
        group_words=task.group_words,
        cues=shown_symbols(np.unique(measured.cues), task.output_symbols),
        baseline=baseline.recall_accuracy or 0.0,
        time=time,
        steps=tuple((steps + 1).tolist()),
        shown=tuple(_shown_sequence(measured, index, steps, task) for index in shown),
        units=in_order(results, [unit.name for unit in kept_by], intact.remembers),
        unit_count=len(every),
        chance=digits(by_chance.mean()) if strings >= FEWEST_STRINGS else None,
        most_by_chance=digits(by_chance.max()),
        shuffles=SHUFFLES,
        intact=intact,
        kept_by=tuple(unit.name for unit in kept_by),
        without=without,
        alone=alone if kept_by else None,
    )


def in_order(units: Sequence[UnitResult], kept_by: Sequence[str], remembers: bool) -> tuple[UnitResult, ...]:
    """Returns the carriers first, then units by the loss without them, or by how well they tell the cue."""

    def place(unit: UnitResult) -> tuple[int, float]:
        among = kept_by.index(unit.name) if unit.name in kept_by else len(kept_by)
        return among, -(unit.silenced.loss if remembers else unit.tells)

    return tuple(sorted(units, key=place))


def _samples(task: Task, seed: int) -> tuple[Sample, Sample]:
    """The sequences of `sample_sequences`; SettingError if no recall step asks for one of several cues."""
    measured, tried = (Sample.of(batch, task) for batch in sample_sequences(task, seed))
    if len(np.unique(measured.cues)) < 2:
        raise SettingError("states", True, NO_CUE)
    return measured, tried


def sample_sequences(task: Task, seed: int) -> tuple[SequenceBatch, SequenceBatch]:
    """Returns sequences to measure units on, and others to select them on; of a small task all, twice."""
    if task.finite and len(every := finite_sequences(task, seed)) <= SEQUENCES:
        return every, every
    cues = cues_per_string(task)
    count = cues * max(STRINGS, -(-SEQUENCES // cues))
    # the stream of reports, which training does not use
    stream = SequenceStream(task, seed, "evaluation")
    return stream.take_paired(count), stream.take_paired(count // 2)


def best_of_units(areas: np.ndarray, units: Sequence[Unit]) -> np.ndarray:
    """Returns the largest area of the numbers of each unit: from `(..., number)` to `(..., unit)`."""
    return np.stack([areas[..., unit.numbers].max(axis=-1) for unit in units], axis=-1)


@dataclasses.dataclass(frozen=True)
class Silencing:
    """Recall of one replicate on a sample, with units silenced, `room` sets of them in one compiled call."""

    runner: StateRunner
    baseline: Baseline
    sample: Sample
    room: int

    def recalls(self, sets: Sequence[Sequence[Unit]]) -> list[Recall]:
        """Returns recall with nothing silenced, and with each set of units silenced."""
        sample = self.sample
        run = self.runner.run(sample.batch, NO_STEPS, sets, self.room)
        recalls = []
        for loss, predicted, best_cue in zip(run.loss, run.predicted, run.best_cue, strict=True):
            count, mean = count_groups(best_cue == sample.targets, sample.groups, sample.targets), float(loss.mean())
            evidence = weigh(count.groups, count.right, count.cues, mean, self.baseline.recall_loss)
            # the largest output of a diverged network means nothing
            remembers = evidence.remembers and math.isfinite(mean)
            accuracy, best_guess = float((predicted == sample.targets).mean()), self.baseline.recall_accuracy or 0.0
            # with few strings the test is weak, so the rate must be low too
            little = accuracy - best_guess < LITTLE * (1 - best_guess)
            forgotten = little and evidence.p_value > GUESSING and not evidence.by_loss
            recalls.append(Recall(accuracy, digits(mean), remembers, forgotten))
        return recalls


def silence_units(
    trial: Silencing, final: Silencing, every: Sequence[Unit], order: np.ndarray, above: np.ndarray
) -> tuple[list[Recall], list[Unit], tuple[Recall, Recall, Recall]]:
    """Silences the units of `order` (int, the most telling first), and finds those that carry the cue.

    Returns:
        Recall without each unit of `order`; the units that carry the cue; recall intact, without these units and with
        these units alone.
    """
    candidates = [every[index] for index in order if above[index]]
    silenced = trial.recalls([*([every[index]] for index in order), candidates])[1:]
    first = [recall for index, recall in zip(order, silenced, strict=False) if above[index]]
    [intact] = final.recalls([])
    # units can be named only if silencing all candidates makes the network forget
    nameable = intact.remembers and candidates and silenced[-1].forgotten
    kept_by = carriers(trial, candidates, first) if nameable else []
    _, without, alone = final.recalls([kept_by or candidates, [unit for unit in every if unit not in kept_by]])
    return silenced[:-1], kept_by, (intact, without, alone)


def carriers(silencing: Silencing, candidates: Sequence[Unit], recalls: Sequence[Recall]) -> list[Unit]:
    """Returns a smallest set of `candidates`, by greedy search, without which the cue is forgotten.

    Units are added, the one with the largest loss when silenced first, until the cue is forgotten; then needless units
    are removed.
    """
    chosen: list[Unit] = []
    left = list(candidates)
    while True:
        worst = max(range(len(left)), key=lambda index: recalls[index].loss)
        chosen.append(left.pop(worst))
        if recalls[worst].forgotten:
            break
        recalls = silencing.recalls([[*chosen, unit] for unit in left])[1:]
    while len(chosen) > 1:
        smaller = [[unit for unit in chosen if unit is not needless] for needless in chosen]
        recalls = silencing.recalls(smaller)[1:]
        enough = [units for units, recall in zip(smaller, recalls, strict=True) if recall.forgotten]
        if not enough:
            break
        chosen = enough[0]
    return chosen


def shown_pair(sample: Sample) -> tuple[int, int]:
    """Returns the places in `rows` of two sequences with different cues, if possible the longest with equal fillers."""
    lengths = sample.batch.valid[sample.rows].sum(axis=1)
    strings = np.full(sample.batch.recall.shape, -1)
    strings[sample.batch.recall] = sample.groups
    string = strings[sample.rows, sample.last]
    pairs = [
        (first, second)
        for first, second in zip(*np.triu_indices(len(lengths), 1), strict=True)
        if sample.cues[first] != sample.cues[second]
    ]
    first, second = max(pairs, key=lambda pair: (string[pair[0]] == string[pair[1]] >= 0, lengths[list(pair)].min()))
    return int(first), int(second)


def _shown_sequence(sample: Sample, index: int, steps: np.ndarray, task: Task) -> ShownSequence:
    row = sample.rows[index]
    symbols, exists = shown_symbols(sample.batch.inputs[row, steps], task.input_symbols), sample.batch.valid[row, steps]
    inputs = [symbol if valid else "" for symbol, valid in zip(symbols, exists, strict=True)]
    return ShownSequence(shown_symbols(sample.cues[[index]], task.output_symbols)[0], tuple(inputs))


def _courses(
    unit: Unit, course: np.ndarray, sample: Sample, steps: np.ndarray, shown: Sequence[int]
) -> tuple[UnitState, ...]:
    """The states of a unit at the recorded steps: how well they tell the cue, and their values."""
    exists = sample.batch.valid[sample.rows][:, steps].T  # (step, asked)
    apart = course[:, sample.rows][..., unit.numbers]  # (step, asked, number)
    tells = [telling(values[valid], sample.cues[valid]) for values, valid in zip(apart, exists, strict=True)]
    values = np.where(exists[..., None], apart, np.nan)[:, shown]
    return tuple(
        UnitState(
            name,
            tuple(digits(row[at]) for row in tells),
            tuple(tuple(map(digits, values[:, which, at])) for which in range(len(shown))),
        )
        for at, name in enumerate(unit.states)
    )
