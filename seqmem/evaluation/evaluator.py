"""Checks while a run trains, and the report after it."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.forward import StepOutputs, compile_step_outputs, step_outputs
from seqmem.evaluation.predictions import SHOWN_SEQUENCES
from seqmem.evaluation.scores import Tally, count_groups, tallies
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
MOST_GATE_OUTPUTS = 2**33  # some 20 seconds of work
# The confirmation. What comes through the gate may be luck, and is judged once more on fresh sequences: a network
# that misses one sequence in 350 comes through the usual 1,024 of them (`confirm`) once in twenty.
# The report measures rates, and 256 sequences tell one of a half to within 3 % (one standard error). Evidence counts
# strings of fillers and not sequences, so there are at least 32 of these however many cues each is shown with.
REPORTED_SEQUENCES = 256
REPORTED_STRINGS = 32
# A finite task with at most this many sequences is always judged on all of them: no gate is cheaper.
SMALL_TASK = 64
# What a look holds at once, whatever was asked for: symbols of sequences, their steps in a compiled call, and what the
# head gives at a step. A step takes 24 bytes of outputs, twice in a look, and several times over in a call.
MOST_SYMBOLS, MOST_STEPS, MOST_OUTPUTS = 2**25, 2**22, 2**24
BYTES_PER_ANSWER, BYTES_PER_STEP = 48, 125


@dataclasses.dataclass(frozen=True)
class Report:
    """The reported evaluation, in lists of one entry per replicate.

    Attributes:
        metrics: Scores.
        evidence: What they prove of its memory.
        met: Whether the criterion is met, and where the task has recall steps the replicate remembers.
        tallies: What it answers, counted.
        outputs: What it answers; of the first sequences only, where there is too much to keep.
        sequences: What it was judged on.
    """

    metrics: list[Metrics]
    evidence: list[Evidence]
    met: list[bool]
    tallies: list[Tally]
    outputs: StepOutputs
    sequences: Sequence[SequenceBatch]


class Evaluator:
    """Measures the replicates of a population, each on sequences of its own seed.

    Checks and the reported evaluation draw from streams that training never uses.
    """

    def __init__(self, config: RunConfig, population: Population, baselines: list[Baseline]):
        self._config = config
        self._population = population
        self._baselines = baselines
        self._cues = recalled_symbols(config.task)
        self._all = _listed(config) if config.task.finite else None
        self._small = self._all is not None and len(self._all[0]) <= SMALL_TASK
        self._gate = _gate_sequences(config)
        self._rows = _rows_at_once(config, len(self._all[0]) if self._all and self._small else self._gate)
        self._streams = [SequenceStream(config.task, seed, "checks") for seed in config.seeds]

    def compile(self) -> None:
        """Compiles the forward pass of checks and of the report, without a check."""
        compile_step_outputs(self._population, self._config.layout, self._rows, self._cues)

    def check(self, ready: np.ndarray | None = None) -> tuple[list[Metrics], list[bool]]:
        """Returns the metrics of each replicate, and whether it is solved: twice in a row where sequences are drawn.

        Args:
            ready: bool `(replicate,)`, those that may pass; None for all.
        """
        ready = np.ones(self._config.replicates, bool) if ready is None else ready
        everyone = range(self._config.replicates)
        # all of a small task: nothing is left to luck, so once is enough
        if self._all is not None and self._small:
            metrics, passed = self._judged(self._all, everyone)
            return metrics, [good and bool(may) for good, may in zip(passed, ready, strict=True)]

        # the gate, for all replicates: its metrics are those on record
        metrics, passed = self._judged([stream.take_paired(self._gate) for stream in self._streams], everyone)

        # the confirmation, for those that passed the gate; each replicate draws from its own stream, so that its
        # sequences do not depend on whether another has passed
        passing = [index for index, good in enumerate(passed) if good and ready[index]]
        passed = [False] * len(passed)
        for few in self._few_at_once(passing, self._config.confirm):
            for index, good in zip(few, self._confirmed(few), strict=True):
                passed[index] = good
        return metrics, passed

    def report(self, count: int | None = None) -> Report:
        """Judges `ReportedSequences`."""
        sequences = ReportedSequences(self._config, count)
        groups = self._few_at_once(range(len(sequences)), len(sequences[0]))
        parts = [self._counted([sequences[index] for index in few], few) for few in groups]
        counted = [tally for some, _ in parts for tally in some]
        shown = zip(*(vars(outputs).values() for _, outputs in parts), strict=True)
        return build_report(self._config, self._baselines, counted, StepOutputs(*map(np.concatenate, shown)), sequences)

    def outputs(
        self, sequences: list[SequenceBatch], replicates: Sequence[int] | None = None, recall_only: bool = False
    ) -> StepOutputs:
        """Returns what some replicates, by default all, answer on one batch of sequences each; see `step_outputs`."""
        layout = self._config.layout
        return step_outputs(self._population, sequences, layout, self._rows, self._cues, replicates, recall_only)

    def state(self) -> list[StreamState]:
        """Returns the position of each stream of checks, as plain values."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[StreamState]) -> None:
        """Continues from the positions that `state` returned."""
        for stream, place in zip(self._streams, state, strict=True):
            stream.restore(place)

    def _confirming(self, index: int) -> SequenceBatch:
        """The sequences of a confirmation: all if there are at most `confirm`, else fresh ones."""
        if self._all is not None and len(self._all[index]) <= self._config.confirm:
            return self._all[index]
        return self._streams[index].take_paired(self._config.confirm)

    def _confirmed(self, replicates: Sequence[int]) -> list[bool]:
        """Whether replicates meet the criterion on the sequences of a confirmation."""
        sequences = [self._confirming(index) for index in replicates]
        counted, _ = self._counted(sequences, replicates, confirming=True)
        if all(self._failed(tally) for tally in counted):
            return [False] * len(counted)
        baselines = [self._baselines[index] for index in replicates]
        return weighed(self._config, baselines, counted, sequences)[2]

    def _failed(self, tally: Tally) -> bool:
        """Whether no further sequence can mend what a replicate missed."""
        return tally.missed > 0 and self._config.criterion.kind != "recall"

    def _judged(self, sequences: list[SequenceBatch], replicates: Sequence[int]) -> tuple[list[Metrics], list[bool]]:
        counted, _ = self._counted(sequences, replicates)
        baselines = [self._baselines[index] for index in replicates]
        metrics, _, passed = weighed(self._config, baselines, counted, sequences)
        return metrics, passed

    def _counted(
        self, sequences: list[SequenceBatch], replicates: Sequence[int], confirming: bool = False
    ) -> tuple[list[Tally], StepOutputs]:
        """What replicates answer, counted part by part; and what they answer, of the first part's first sequences.

        Args:
            sequences: Of each replicate.
            replicates: Their numbers.
            confirming: Whether to stop where all of them have failed, and to look at what the criterion asks for only.
        """
        config, size = self._config, len(sequences[0])
        most = self._rows * max(1, MOST_STEPS // (self._rows * len(replicates) * config.layout.length))
        # most that fail miss one of few hundred: what fills a compiled call is enough, then twice as much each time
        count = min(most, self._rows * max(1, config.replicates // len(replicates))) if confirming else most
        recall_only = confirming and config.loss_at == "recall"
        total: list[Tally] = []
        start = 0
        while start < size:
            part = [batch[start : start + count] for batch in sequences]
            few = replicates if len(replicates) < config.replicates else None
            outputs = self.outputs(part, few, recall_only)
            counted = tallies(outputs, part, config.loss_at, config.criterion)
            if not total:
                total = counted
                shown = size if size <= count else SHOWN_SEQUENCES
                first = StepOutputs(*(array[:, :shown] for array in vars(outputs).values()))
            else:
                total = [before + now for before, now in zip(total, counted, strict=True)]
            if confirming and all(self._failed(tally) for tally in total):
                break
            start, count = start + count, min(most, 2 * count)
        return total, first

    def _few_at_once(self, replicates: Sequence[int], count: int) -> Iterator[Sequence[int]]:
        """Parts of `replicates`, as many at once as there is room for `count` sequences of each."""
        few = max(1, MOST_SYMBOLS // (count * self._config.task.time))
        return (replicates[start : start + few] for start in range(0, len(replicates), few))


class ReportedSequences(Sequence[SequenceBatch]):
    """The sequences of each replicate that are reported on, drawn when they are asked for.

    All of a finite task; else fresh ones, from a stream that nothing else uses.

    Args:
        config: The run.
        count: How many fresh ones; None for as many as are usual.
    """

    def __init__(self, config: RunConfig, count: int | None = None):
        self._config = config
        self._listed = _listed(config) if config.task.finite else None
        cues = cues_per_string(config.task)
        self._count = count or cues * max(REPORTED_STRINGS, -(-REPORTED_SEQUENCES // cues))
        # a view asks for one replicate several times
        self._drawn = functools.lru_cache(maxsize=1)(self._draw)

    def __len__(self) -> int:
        return self._config.replicates

    def __getitem__(self, replicate: int) -> SequenceBatch:  # type: ignore[override]  # no slices
        return self._listed[replicate] if self._listed is not None else self._drawn(self._config.seeds[replicate])

    def _draw(self, seed: int) -> SequenceBatch:
        return SequenceStream(self._config.task, seed, "evaluation").take_paired(self._count)


def build_report(
    config: RunConfig,
    baselines: Sequence[Baseline],
    counted: list[Tally],
    outputs: StepOutputs,
    sequences: Sequence[SequenceBatch],
) -> Report:
    """Joins what each replicate answers on its sequences with what that proves."""
    metrics, evidence, met = weighed(config, baselines, counted, sequences)
    return Report(metrics, evidence, met, counted, outputs, sequences)


def weighed(
    config: RunConfig, baselines: Sequence[Baseline], counted: Sequence[Tally], sequences: Sequence[SequenceBatch]
) -> tuple[list[Metrics], list[Evidence], list[bool]]:
    """Returns scores, evidence and whether that is solved, of each replicate."""
    metrics = [tally.metrics for tally in counted]
    counts = [
        # symbols that are never recalled are no answer here
        count_groups(tally.cue_recalled, config.task.groups(batch), batch.targets[batch.recall])
        for tally, batch in zip(counted, sequences, strict=True)
    ]
    evidence = [
        # the largest output of a diverged network means nothing
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
    """Returns bool `(output symbols,)`: the targets of recall steps; all symbols if there are no recall steps."""
    chosen = task.recallable()
    return chosen if chosen.any() else ~chosen


def bytes_of_checks(config: RunConfig) -> int:
    """Estimates what a look takes: the sequences held, their steps in a compiled call, and what the head gives."""
    held = max(config.replicates * _gate_sequences(config) * config.task.time, MOST_SYMBOLS // 4)
    answered = min(config.replicates * config.confirm * config.task.time, MOST_STEPS)
    rows = config.replicates * config.layout.rows * _rows_at_once(config, GATE_SEQUENCES)
    in_call = rows * (config.layout.length * BYTES_PER_STEP + len(config.task.output_symbols) * 24)
    return held * 8 + answered * BYTES_PER_ANSWER + in_call


def _gate_sequences(config: RunConfig) -> int:
    """Sequences of the gate: fewer than usual where these alone would take minutes, but one string at least."""
    outputs = config.replicates * config.task.time * len(config.task.output_symbols)
    cues = cues_per_string(config.task)
    return min(GATE_SEQUENCES, max(1, MOST_GATE_OUTPUTS // (outputs * cues)) * cues)


def _rows_at_once(config: RunConfig, wanted: int) -> int:
    """Sequences that one replicate takes in a compiled call: those wanted, where there is room for them."""
    steps = config.replicates * config.layout.length * config.layout.rows
    outputs = config.replicates * config.layout.rows * len(config.task.output_symbols)
    return max(1, min(wanted, MOST_STEPS // steps, MOST_OUTPUTS // outputs))


def _listed(config: RunConfig) -> list[SequenceBatch]:
    """All sequences of each replicate."""
    if config.task.same_for_every_seed:
        return [finite_sequences(config.task, config.seed)] * config.replicates
    return [finite_sequences(config.task, seed) for seed in config.seeds]
