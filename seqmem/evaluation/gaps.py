"""Recall over gaps that a network was, or was not, trained on."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterator, Sequence

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.evaluator import Evaluator
from seqmem.judge.baseline import replicate_baselines
from seqmem.models.population import Population
from seqmem.results.evaluation import GapResult


def config_with_gap(config: RunConfig, gap: int) -> RunConfig:
    """Returns the same run over another gap, with the alphabet of its network."""
    return dataclasses.replace(config, task=config.task.with_gap(gap))


def gap_results(
    config: RunConfig, population: Population, gaps: Sequence[int], sequences_count: int | None
) -> Iterator[GapResult]:
    """Judges a population over each gap in turn, on `sequences_count` fresh sequences or as many as in a report."""
    for gap in gaps:
        changed = config_with_gap(config, gap)
        baselines = replicate_baselines(changed.task, config.seeds, config.scoring)
        report = Evaluator(changed, population, baselines).report(sequences_count)
        looked_at = len(gaps) * config.replicates
        yield GapResult(
            gap=gap,
            trained=config.task.gap is not None and config.task.gap[0] <= gap <= config.task.gap[1],
            baseline=statistics.fmean(each.recall_accuracy or 0.0 for each in baselines),
            recall_accuracy=tuple(tally.recall_accuracy for tally in report.tallies),
            cue_accuracy=tuple(tally.cue_accuracy for tally in report.tallies),
            recall_loss=tuple(
                float("nan") if scores.recall_loss is None else scores.recall_loss for scores in report.metrics
            ),
            p_value=tuple(proof.p_value for proof in report.evidence),
            remembers=tuple(proof.holds_among(looked_at) for proof in report.evidence),
        )
