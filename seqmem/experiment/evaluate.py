"""A stored run judged again: on its own sequences or on others, over other gaps, or going on by itself."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError, SettingError, one_line
from seqmem.evaluation.evaluator import Evaluator
from seqmem.evaluation.gaps import gap_results
from seqmem.evaluation.generation import free_runs
from seqmem.evaluation.report import build_result
from seqmem.judge.baseline import replicate_baselines
from seqmem.judge.criterion import Criterion
from seqmem.models.population import build_population
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import Account
from seqmem.results.summary import ranked_replicates, shown_replicates
from seqmem.storage.checkpoints import Checkpoint, Shapes, read_checkpoint
from seqmem.storage.run_directory import CHECKPOINTS, StoredRun, read_run, read_run_id
from seqmem.tasks import ExplicitSequences

WEIGHTS = ("cell/", "head/")  # what the names of weights begin with
MOST_SLOTS = 4


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
    trusted: Collection[str] = (),
    cache: bool = True,
) -> EvalResult:
    """Judges a stored run again; writes nothing.

    Args:
        path: The run directory, complete or with a checkpoint.
        gaps: Gaps to judge recall over, trained or not.
        sequences_count: Fresh sequences to judge; None for as many as `train` reports on.
        fillers: Judge on these fillers in place of the run's own.
        sequences: Judge on these sequences, of the run's own symbols.
        replicate: `all`, `best`, `worst` or a number.
        criterion: What counts as solved, in place of the run's own.
        free_run: Let the network go on by itself for so many steps.
        trusted: As for `RunConfig.from_settings`.
        cache: Whether compiled programs are kept for the next process.

    Raises:
        UsageError: If what is asked for does not go with the run's task.
        DamagedFileError: If what is stored cannot be judged.
    """
    stored = read_run(path, trusted)
    config = judged_config(stored.config, fillers, sequences, criterion)
    for gap in gaps:
        try:
            config.task.with_gap(gap)
        except SettingError as error:
            raise SettingError("gaps", ",".join(map(str, gaps)), error.allowed) from None
    if free_run and config.task.labelled:
        raise SettingError("free_run", free_run, "the answers of this task are labels, and no inputs to go on from")
    if free_run and config.rows == "steps":
        raise SettingError(
            "free_run", free_run, "rows of steps see a part of the sequence each: none can go on by itself"
        )
    checkpoint = read_checkpoint(path / CHECKPOINTS, read_run_id(path), functools.partial(_check_shapes, stored.config))
    weights = {name: array for name, array in checkpoint.arrays.items() if name.startswith(WEIGHTS)}
    accounts = _trained_replicates(stored, checkpoint)
    if replicate != "all":
        # replicate i of seed s is the run of seed s + i
        index = _chosen(replicate, stored)
        config = dataclasses.replace(config, seed=config.seed + index, replicates=1)
        weights = {name: array[index : index + 1] for name, array in weights.items()}
        accounts = accounts[index : index + 1]
    process.prepare(stored.threads, cache)
    population = build_population(config)
    expected = {name: array.shape for name, array in population.arrays().items()}
    found = {name: array.shape for name, array in weights.items()}
    if expected != found:
        raise DamagedFileError(path / CHECKPOINTS, "the weights do not fit the run's settings")
    population.load(weights)
    baselines = replicate_baselines(config.task, config.seeds, config.head)
    report = Evaluator(config, population, baselines).report(sequences_count)
    if (config.criterion, config.task) != (stored.config.criterion, stored.config.task):
        accounts = [dataclasses.replace(one, met_at=None, looked=False) for one in accounts]
    cost = stored.result.cost if stored.result else {"updates": 0, "time_steps": 0}
    result = build_result(config, stored.config, accounts, report, baselines, cost, stored.history)
    shown = shown_replicates(result.replicates)
    alphabet = config.task.input_symbols
    free = free_runs(population, report.sequences, shown, free_run, alphabet, config.layout) if free_run else ()
    own = config.task == stored.config.task
    return EvalResult(result, tuple(gap_results(config, population, gaps, sequences_count)), free, own)


def judged_config(
    config: RunConfig,
    fillers: str | None = None,
    sequences: Sequence[str] = (),
    criterion: Criterion | str | None = None,
) -> RunConfig:
    """The run's settings with what was asked for in place of its own, over the same alphabet."""
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
    """Raises SettingError where a sequence has a word that the network has no input for."""
    for sequence in sequences:
        if stray := [word for word in sequence.split() if word not in alphabet]:
            raise SettingError(
                "sequences",
                sequence,
                f"{stray[0]!r} is not one of this run's symbols: {one_line(' '.join(alphabet), 100)}",
            )


def _check_shapes(config: RunConfig, shapes: Shapes) -> None:
    """Raises ValueError unless the weights are as many as the settings say: before a network of that size is built."""
    weights = {name: found for name, found in shapes.items() if name.startswith(WEIGHTS)}
    outputs = len(config.task.output_symbols)
    head = {"head/bias": (config.replicates, outputs), "head/kernel": (config.replicates, config.units, outputs)}
    if any(weights.get(name) != (shape, "float32") for name, shape in head.items()):
        raise ValueError("the weights do not fit the run's settings")
    if any(dtype != "float32" for _, dtype in weights.values()):
        raise ValueError("the weights are not 32-bit floats")
    count = sum(math.prod(shape) for shape, _ in weights.values())
    known = config.parameter_count
    if known is not None and count != config.replicates * known:
        raise ValueError("the weights do not fit the run's settings")
    # an optimizer has few numbers for each weight, and an epoch is put in order for training and for checks
    most = MOST_SLOTS * count + config.replicates * (2 * config.task.epoch_size + 1)
    if sum(math.prod(shape) for name, (shape, _) in shapes.items() if name not in weights) > most:
        raise ValueError("holds more than a run of these settings keeps")


def _trained_replicates(stored: StoredRun, checkpoint: Checkpoint) -> list[Account]:
    """What training knows of each replicate; of an interrupted run only how far it came."""
    if stored.result is None:
        return [Account(checkpoint.presentations, None, False, looked=False)] * stored.config.replicates
    return [Account(one.presentations, one.met_at, one.diverged) for one in stored.result.replicates]


def _chosen(replicate: str, stored: StoredRun) -> int:
    """The number of the replicate asked for."""
    if replicate in ("best", "worst"):
        if stored.result is None:
            raise SettingError("replicate", replicate, "this run has no result yet; give a number")
        return ranked_replicates(stored.result.replicates)[0 if replicate == "best" else -1]
    count = stored.config.replicates
    if not replicate.isdigit() or int(replicate) >= count:
        raise SettingError("replicate", replicate, f"must be best, worst, all or a number below {count}")
    return int(replicate)
