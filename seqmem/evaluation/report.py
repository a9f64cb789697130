"""The result of a run, from its training and its reported evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.evaluator import Report
from seqmem.evaluation.predictions import predictions
from seqmem.judge.baseline import Baseline, mean_baseline, recipe_limit
from seqmem.judge.verdict import is_solved
from seqmem.results.run import Account, JudgedOn, Record, RunResult
from seqmem.results.summary import ReplicateResult, shown_replicates
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.streams import SequenceStream

# Symbols drawn at a time when presentations are replayed: some megabytes.
REPLAYED_SYMBOLS = 4_000_000


def build_result(
    config: RunConfig,
    trained: RunConfig | None,
    accounts: Sequence[Account],
    report: Report,
    baselines: Sequence[Baseline],
    cost: dict[str, int],
    history: tuple[Record, ...],
) -> RunResult:
    """Joins the accounts of training with the reported evaluation of `config`; lists have one entry per replicate.

    `trained` are the settings of training, which differ if a stored run is judged on other sequences; None for networks
    from elsewhere.
    """
    replicates = tuple(
        ReplicateResult(
            seed=seed,
            solved=is_solved(report.met[index], account.met_at, account.looked),
            diverged=account.diverged,
            presentations=account.presentations,
            presentations_to_success=account.met_at if report.met[index] else None,
            met_at=account.met_at,
            missed=report.tallies[index].missed,
            metrics=report.metrics[index],
            evidence=report.evidence[index],
        )
        for index, (seed, account) in enumerate(zip(config.seeds, accounts, strict=True))
    )
    shown = shown_replicates(replicates)
    presentations = [account.presentations for account in accounts]
    if trained is None:
        judged, limit = JudgedOn(len(report.sequences[0]), None, None, config.task.finite), None
    else:
        judged = judged_on(trained, presentations, report.sequences, config)
        limit = recipe_limit(config.task, config.seeds, config.scoring, config.layout, config.cell.keeps_state)
    return RunResult(
        config=config,
        baseline=mean_baseline(baselines),
        replicates=replicates,
        predictions=predictions(report.outputs, report.sequences, shown, config.task),
        evaluation=judged,
        cost=cost,
        history=history,
        recipe_limit=limit,
    )


def judged_on(
    trained: RunConfig, presentations: Sequence[int], sequences: Sequence[SequenceBatch], config: RunConfig
) -> JudgedOn:
    """Counts how many of the judged sequences are different, and how many of these were shown in training.

    The presentations of training are drawn again from its stream, which is cheap compared with training.
    """
    # counted, because with a short gap many fresh sequences have been shown in training too
    different = shown = 0
    # replicates with the same sequences and the same stream are counted once
    alike = trained.task.same_for_every_seed and not trained.shuffle and config.task.same_for_every_seed
    counts: dict[int, tuple[int, int]] = {}
    for seed, count, batch in zip(config.seeds, presentations, sequences, strict=True):
        if not alike or count not in counts:
            counts[count] = _shown_in_training(trained, seed, count, batch)
        different, shown = different + counts[count][0], shown + counts[count][1]
    return JudgedOn(len(sequences[0]), different, shown, config.task.finite)


def _shown_in_training(trained: RunConfig, seed: int, count: int, batch: SequenceBatch) -> tuple[int, int]:
    """How many sequences of a batch are different, and how many of these are among the first `count` presentations."""
    unseen = _texts(batch)
    different = len(unseen)
    stream = SequenceStream(trained.task, seed, "training", trained.shuffle)
    most = max(1, REPLAYED_SYMBOLS // (trained.task.time + 1))
    # a few first, which are enough if the task has few sequences
    taken = min(most, 2 * trained.task.epoch_size)
    while count > 0 and unseen:
        unseen -= _texts(stream.take(min(count, taken)))
        count, taken = count - taken, most
    return different, different - len(unseen)


def _texts(batch: SequenceBatch) -> set[bytes]:
    """The different sequences of a batch, inputs and targets, without what fills them up: a digest of each."""
    rows = zip(batch.inputs, batch.targets, batch.valid.sum(axis=1), strict=True)
    return {hashlib.blake2b(seen[:end].tobytes() + wanted[:end].tobytes()).digest() for seen, wanted, end in rows}
