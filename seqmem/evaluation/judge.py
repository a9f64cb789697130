"""Checks while a run trains, and the evaluation that is reported after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqmem.config import RunConfig
from seqmem.criteria import criterion_met
from seqmem.evaluation.forward import StepOutputs, step_outputs
from seqmem.evaluation.metrics import population_metrics
from seqmem.models.population import Population
from seqmem.results import Metrics
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.ceilings import Ceiling
from seqmem.tasks.streams import SequenceStream, finite_sequences

# A check looks at few sequences first; only a replicate that passes there is judged on many.
GATE_SEQUENCES = 32
CONFIRMING_SEQUENCES = 256
REPORTED_SEQUENCES = 256
# A finite task with at most this many sequences is always judged on all of them.
SMALL_TASK = 64


class Judge:
    """Judges the replicates of a population, each on sequences of its own seed.

    Checks and the reported evaluation have streams of their own, which training never uses.

    Args:
        config: The run.
        population: Judged as it is at each call.
        ceilings: The memoryless ceiling of each replicate.
    """

    def __init__(self, config: RunConfig, population: Population, ceilings: list[Ceiling]):
        self._config = config
        self._population = population
        self._ceilings = ceilings
        self._all = _listed(config) if config.task.finite else None
        self._small = self._all is not None and len(self._all[0]) <= SMALL_TASK
        self._rows = len(self._all[0]) if self._all and self._small else GATE_SEQUENCES
        self._streams = [SequenceStream(config.task, seed, "checks") for seed in config.seeds]

    def check(self) -> tuple[list[Metrics], list[bool]]:
        """Returns the metrics of each replicate, and whether it meets the criterion."""
        if self._all is not None and self._small:
            metrics = self._metrics(self._all)
            return metrics, self._met(metrics)
        gate = [stream.take(GATE_SEQUENCES) for stream in self._streams]
        metrics = self._metrics(gate)
        passed = self._met(metrics)
        if any(passed):
            # those who failed already need no more sequences; theirs are repeated to keep the arrays' shape
            repeat = np.arange(CONFIRMING_SEQUENCES) % GATE_SEQUENCES
            more = [
                stream.take(CONFIRMING_SEQUENCES) if good else batch[repeat]
                for stream, good, batch in zip(self._streams, passed, gate, strict=True)
            ]
            confirmed = self._met(self._metrics(more))
            passed = [first and second for first, second in zip(passed, confirmed, strict=True)]
        return metrics, passed

    def report(self, count: int | None = None) -> tuple[list[Metrics], list[bool], StepOutputs, list[SequenceBatch]]:
        """Judges all sequences of a finite task, or `count` fresh ones that nothing else has used.

        Returns:
            Metrics and whether the criterion is met, for each replicate; its answers; and its sequences.
        """
        sequences = self.sequences(count)
        outputs = self.outputs(sequences)
        metrics = population_metrics(outputs, sequences)
        return metrics, self._met(metrics), outputs, sequences

    def sequences(self, count: int | None = None) -> list[SequenceBatch]:
        """Returns the sequences of each replicate that are reported on; see `report`."""
        if self._all is not None:
            return self._all
        streams = [SequenceStream(self._config.task, seed, "evaluation") for seed in self._config.seeds]
        return [stream.take(count or REPORTED_SEQUENCES) for stream in streams]

    def outputs(self, sequences: list[SequenceBatch]) -> StepOutputs:
        """Returns what each replicate answers on its sequences."""
        choices = choice_symbols(sequences[0], self._config)
        return step_outputs(self._population, sequences, self._config.arrangement, self._rows, choices)

    def state(self) -> list[dict[str, Any]]:
        """Returns where each stream of checks stands, as JSON can hold it."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Goes on from where `state` was taken."""
        for stream, one in zip(self._streams, state, strict=True):
            stream.restore(one)

    def _metrics(self, sequences: list[SequenceBatch]) -> list[Metrics]:
        return population_metrics(self.outputs(sequences), sequences)

    def _met(self, metrics: list[Metrics]) -> list[bool]:
        pairs = zip(metrics, self._ceilings, strict=True)
        return [criterion_met(self._config.criterion, one, ceiling) for one, ceiling in pairs]


def choice_symbols(batch: SequenceBatch, config: RunConfig) -> np.ndarray:
    """Returns bool `(alphabet,)`: the symbols that are ever to be recalled, all of them where nothing is."""
    chosen = np.zeros(len(config.task.alphabet), bool)
    chosen[batch.targets[batch.recall]] = True
    return chosen if chosen.any() else ~chosen


def _listed(config: RunConfig) -> list[SequenceBatch]:
    """All sequences of each replicate."""
    if config.task.same_for_every_seed:
        return [finite_sequences(config.task, config.seed)] * config.replicates
    return [finite_sequences(config.task, seed) for seed in config.seeds]
