"""Checks while a run trains, and the report after it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.forward import StepOutputs, step_outputs
from seqmem.evaluation.scores import group_counts, missed_sequences, population_metrics
from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import Evidence, weigh
from seqmem.judge.metrics import Metrics
from seqmem.judge.verdict import passes
from seqmem.models.population import Population
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.streams import SequenceStream, StreamState, cues_per_string, finite_sequences
from seqmem.tasks.task import Task

# The gate. A check looks at few sequences first, because checks are many and most of them fail: a network that misses
# a tenth of its sequences comes through 32 of them once in thirty checks, at a thirtieth of the price of 1,024.
GATE_SEQUENCES = 32
# The confirmation. What comes through the gate may be luck, and is judged once more on fresh sequences: a network
# that misses one sequence in 350 comes through the usual 1,024 of them (`confirm`) once in twenty.
# The report measures rates, and 256 sequences tell one of a half to within 3 % (one standard error). Evidence counts
# strings of fillers and not sequences, so there are at least 32 of these however many cues each is shown with.
REPORTED_SEQUENCES = 256
REPORTED_STRINGS = 32
# A finite task with at most this many sequences is always judged on all of them: no gate is cheaper.
SMALL_TASK = 64


@dataclasses.dataclass(frozen=True)
class Report:
    """What each replicate does on its reported sequences.

    Attributes:
        metrics: Scores.
        evidence: What they prove of its memory.
        met: Whether the criterion is met, and where the task has recall steps the replicate remembers.
        missed: Sequences with a judged step that does not meet the criterion.
        outputs: What it answers.
        sequences: What it was judged on.
    """

    metrics: list[Metrics]
    evidence: list[Evidence]
    met: list[bool]
    missed: list[int]
    outputs: StepOutputs
    sequences: list[SequenceBatch]


class Evaluator:
    """Measures the replicates of a population, each on sequences of its own seed.

    Checks and the reported evaluation have streams of their own, which training never uses.

    Args:
        config: The run.
        population: Judged as it is at each call.
        baselines: The best without memory, for each replicate.
    """

    def __init__(self, config: RunConfig, population: Population, baselines: list[Baseline]):
        self._config = config
        self._population = population
        self._baselines = baselines
        self._cues = recalled_symbols(config.task)
        self._all = _listed(config) if config.task.finite else None
        self._small = self._all is not None and len(self._all[0]) <= SMALL_TASK
        self._rows = len(self._all[0]) if self._all and self._small else GATE_SEQUENCES
        self._streams = [SequenceStream(config.task, seed, "checks") for seed in config.seeds]

    def check(self) -> tuple[list[Metrics], list[bool]]:
        """Returns the metrics of each replicate, and whether it is solved: twice in a row where sequences are drawn."""
        # all of a small task: nothing is left to luck, so once is enough
        if self._all is not None and self._small:
            metrics, _, passed = self._judged(self._all)
            return metrics, passed

        # the gate, for all replicates: its metrics are those on record
        metrics, _, passed = self._judged([stream.take_paired(GATE_SEQUENCES) for stream in self._streams])

        # the confirmation, for those that came through; each draws from its own stream, so that what one replicate
        # sees does not depend on whether another has passed
        passing = [index for index, good in enumerate(passed) if good]
        if passing:
            _, _, confirmed = self._judged([self._confirming(index) for index in passing], passing)
            passed = [False] * len(passed)
            for index, good in zip(passing, confirmed, strict=True):
                passed[index] = good
        return metrics, passed

    def report(self, count: int | None = None) -> Report:
        """Judges the sequences of `reported_sequences`."""
        sequences = reported_sequences(self._config, count)
        return build_report(self._config, self._baselines, self.outputs(sequences), sequences)

    def outputs(self, sequences: list[SequenceBatch], replicates: Sequence[int] | None = None) -> StepOutputs:
        """Returns what each replicate wanted answers on its sequences; all replicates where none are named."""
        layout = self._config.layout
        return step_outputs(self._population, sequences, layout, self._rows, self._cues, replicates)

    def state(self) -> list[StreamState]:
        """Returns where each stream of checks stands, as JSON can hold it."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[StreamState]) -> None:
        """Goes on from where `state` was taken."""
        for stream, place in zip(self._streams, state, strict=True):
            stream.restore(place)

    def _confirming(self, index: int) -> SequenceBatch:
        """What a replicate that has passed once is judged on: all sequences of a small task, else fresh ones."""
        if self._all is not None and len(self._all[index]) <= self._config.confirm:
            return self._all[index]
        return self._streams[index].take_paired(self._config.confirm)

    def _judged(
        self, sequences: list[SequenceBatch], replicates: Sequence[int] | None = None
    ) -> tuple[list[Metrics], list[Evidence], list[bool]]:
        wanted = range(len(sequences)) if replicates is None else replicates
        outputs = self.outputs(sequences, replicates)
        return weighed(self._config, [self._baselines[index] for index in wanted], outputs, sequences)


def reported_sequences(config: RunConfig, count: int | None = None) -> list[SequenceBatch]:
    """Returns the sequences of each replicate that are reported on.

    All of a finite task; else `count` fresh ones, from a stream that nothing else uses.
    """
    if config.task.finite:
        return _listed(config)
    cues = cues_per_string(config.task)
    usual = cues * max(REPORTED_STRINGS, -(-REPORTED_SEQUENCES // cues))
    return [SequenceStream(config.task, seed, "evaluation").take_paired(count or usual) for seed in config.seeds]


def build_report(
    config: RunConfig, baselines: Sequence[Baseline], outputs: StepOutputs, sequences: list[SequenceBatch]
) -> Report:
    """Joins what each replicate answers on its sequences with what that proves."""
    metrics, evidence, met = weighed(config, baselines, outputs, sequences)
    missed = missed_sequences(outputs, sequences, config.criterion, config.loss_at)
    return Report(metrics, evidence, met, missed, outputs, sequences)


def weighed(
    config: RunConfig, baselines: Sequence[Baseline], outputs: StepOutputs, sequences: Sequence[SequenceBatch]
) -> tuple[list[Metrics], list[Evidence], list[bool]]:
    """Returns scores, evidence and whether that is solved, of each replicate."""
    metrics = population_metrics(outputs, sequences, config.loss_at)
    counts = group_counts(outputs, sequences, config.task)
    evidence = [
        # what has diverged answers nothing: its largest output is no choice
        weigh(
            count.groups,
            count.right if math.isfinite(scores.loss) else 0,
            count.cues,
            scores.recall_loss,
            baseline.recall_loss,
        )
        for scores, count, baseline in zip(metrics, counts, baselines, strict=True)
    ]
    met = [
        passes(config.criterion, scores, proof, baseline)
        for scores, proof, baseline in zip(metrics, evidence, baselines, strict=True)
    ]
    return metrics, evidence, met


def recalled_symbols(task: Task) -> np.ndarray:
    """Returns bool `(output symbols,)`: those that are ever to be recalled, all of them where nothing is."""
    chosen = task.recallable()
    return chosen if chosen.any() else ~chosen


def _listed(config: RunConfig) -> list[SequenceBatch]:
    """All sequences of each replicate."""
    if config.task.same_for_every_seed:
        return [finite_sequences(config.task, config.seed)] * config.replicates
    return [finite_sequences(config.task, seed) for seed in config.seeds]
