"""A stored run judged again: on other sequences or gaps, running free."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError, one_line
from seqmem.evaluation.cue_units import NO_CUE, cue_states
from seqmem.evaluation.evaluator import Evaluator
from seqmem.evaluation.gaps import gap_results
from seqmem.evaluation.generation import free_runs
from seqmem.evaluation.report import build_result
from seqmem.experiment.trained import read_trained
from seqmem.judge.baseline import replicate_baselines
from seqmem.judge.criterion import Criterion
from seqmem.results.evaluation import EvalResult
from seqmem.results.summary import ranked_replicates, shown_replicates
from seqmem.storage.run_directory import read_run
from seqmem.tasks import ExplicitSequences


def evaluate(
    path: Path,
    *,
    gaps: Sequence[int] = (),
    sequences_count: int | None = None,
    fillers: str | None = None,
    sequences: Sequence[str] = (),
    replicate: str = "all",
    criterion: Criterion | str | None = None,
    free_run: int | None = None,
    states: bool = False,
    trusted: Collection[str] = (),
    cache: bool = True,
) -> EvalResult:
    """Judges a stored run again; writes nothing.

    Args:
        path: The run directory, complete or with a checkpoint.
        gaps: Gaps to judge recall over, trained or not.
        sequences_count: Number of fresh sequences; None for as many as `train` reports on.
        fillers: Judge on these fillers instead of the run's own.
        sequences: Judge on these sequences, of the run's own symbols.
        replicate: `all`, `best`, `worst` or a number.
        criterion: What counts as solved, instead of the run's own.
        free_run: Steps for which each prediction is the next input.
        states: Whether to find out where the best of these replicates keeps the cue.
        trusted: As for `RunConfig.from_settings`.
        cache: Whether compiled programs are kept on disk.

    Raises:
        UsageError: If the run's task does not allow one of these.
        DamagedFileError: If a stored file cannot be read.
    """
    stored = read_run(path, trusted)
    config = judged_config(stored.config, fillers, sequences, criterion)
    _check_requests(config, gaps, free_run, states)
    trained = read_trained(stored, replicate)
    if replicate != "all":
        config = dataclasses.replace(config, seed=trained.seed, replicates=1)
    population = trained.population(config, cache)
    baselines = replicate_baselines(config.task, config.seeds, config.scoring)
    report = Evaluator(config, population, baselines).report(sequences_count)
    accounts = trained.accounts
    if (config.criterion, config.task) != (stored.config.criterion, stored.config.task):
        accounts = [dataclasses.replace(account, met_at=None, looked=False) for account in accounts]
    cost = stored.result.cost if stored.result else {"updates": 0, "time_steps": 0}
    result = build_result(config, stored.config, accounts, report, baselines, cost, stored.history)
    shown = shown_replicates(result.replicates)
    alphabet = config.task.input_symbols
    free = free_runs(population, report.sequences, shown, free_run, alphabet, config.layout) if free_run else ()
    own = config.task == stored.config.task
    over_gaps = tuple(gap_results(config, population, gaps, sequences_count))
    best = ranked_replicates(result.replicates)[0]
    kept = cue_states(config, population, best, baselines[best]) if states else None
    return EvalResult(result, over_gaps, free, own, states=kept)


def _check_requests(config: RunConfig, gaps: Sequence[int], free_run: int | None, states: bool) -> None:
    """Raises SettingError if the task does not allow a request."""
    for gap in gaps:
        try:
            config.task.with_gap(gap)
        except SettingError as error:
            raise SettingError("gaps", ",".join(map(str, gaps)), error.allowed) from None
    if states and not config.task.sequences_with_recall:
        raise SettingError("states", states, NO_CUE)
    if free_run and config.task.labelled:
        raise SettingError("free_run", free_run, "the answers of this task are labels, and no inputs to go on from")
    if free_run and config.rows == "steps":
        raise SettingError(
            "free_run", free_run, "rows of steps see a part of the sequence each: none can go on by itself"
        )


def judged_config(
    config: RunConfig,
    fillers: str | None = None,
    sequences: Sequence[str] = (),
    criterion: Criterion | str | None = None,
) -> RunConfig:
    """The settings of a run with other fillers, sequences or criterion, and the same alphabet."""
    task = config.task
    if sequences:
        if fillers is not None:
            raise SettingError("fillers", fillers, "does not go with sequences of your own")
        if task.labelled:
            raise SettingError(
                "sequences", sequences[0], "the answers of this run's task are labels, not the next symbol"
            )
        _check_symbols(sequences, task.input_symbols)
        task = ExplicitSequences(sequences=tuple(sequences), symbols=task.input_symbols)  # type: ignore[arg-type]
    elif fillers is not None:
        task = task.with_fillers(fillers)
    loss_at = config.loss_at if task.sequences_with_recall else "all"
    changes: dict[str, Any] = {"criterion": criterion} if criterion else {}
    return dataclasses.replace(config, task=task, loss_at=loss_at, **changes)


def _check_symbols(sequences: Sequence[str], alphabet: Sequence[str]) -> None:
    """Raises SettingError if a sequence has a word outside the alphabet of the network."""
    for sequence in sequences:
        if stray := [word for word in sequence.split() if word not in alphabet]:
            raise SettingError(
                "sequences",
                sequence,
                f"{stray[0]!r} is not one of this run's symbols: {one_line(' '.join(alphabet), 100)}",
            )
