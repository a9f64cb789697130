"""Keras models from elsewhere, judged like the networks of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from seqmem.backend.lazy import KerasModel
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.evaluation.evaluator import ReportedSequences, build_report
from seqmem.evaluation.keras_outputs import model_outputs
from seqmem.evaluation.report import build_result
from seqmem.evaluation.scores import tallies
from seqmem.judge.baseline import replicate_baselines
from seqmem.judge.criterion import Criterion
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import Account
from seqmem.tasks.task import Task

HEADS = ("sigmoid", "softmax")


def evaluate_model(
    model: KerasModel | Sequence[KerasModel],
    task: Task,
    *,
    head: str | None = None,
    criterion: Criterion | str = "error:0.25",
    loss_at: str = "all",
    context: int = 1,
    seed: int = 0,
    sequences_count: int | None = None,
) -> EvalResult:
    """Judges Keras models that the caller has built or loaded: with the scores, baselines and evidence of a run.

    A model takes one-hot vectors `(batch, time, symbols)` in the order of `task.input_symbols` and returns
    probabilities `(batch, time, outputs)` in the order of `task.output_symbols`. A model that takes a single time step
    is called once per step; states of stateful layers are reset before each sequence.

    Args:
        model: A model, or several that were trained alike, as replicates.
        task: The task that they were trained on.
        head: `sigmoid` or `softmax`, which determines the loss; None for the activation of the last layer.
        criterion: What counts as solved.
        loss_at: The steps that were trained; with `recall` only these are judged.
        context: Symbols in an input vector: concatenated one-hot vectors, the newest last.
        seed: Seed of the first model, from which fixed fillers and the judged sequences are drawn.
        sequences_count: Number of fresh sequences; None for as many as `train` reports on.

    Raises:
        SettingError: If a model takes or returns other shapes, or its outputs are not known to be probabilities.
    """
    models = tuple(model) if isinstance(model, Sequence) else (model,)
    head = head or _activation(models[0])
    if head not in HEADS:
        raise SettingError("head", head, f"must be one of {', '.join(HEADS)}: outputs must be probabilities")
    config = RunConfig(
        task=task,
        head=head,
        criterion=criterion,  # type: ignore[arg-type]
        loss_at=loss_at,
        context=context,
        seed=seed,
        replicates=len(models),
        init="glorot",  # type: ignore[arg-type]
    )
    baselines = replicate_baselines(task, config.seeds, head)
    sequences = ReportedSequences(config, sequences_count)
    outputs = model_outputs(models, sequences, config)
    counted = tallies(outputs, sequences, config.loss_at, config.criterion)
    report = build_report(config, baselines, counted, outputs, sequences)
    # nobody counted what they were trained on, nor looked at them meanwhile
    accounts = [Account(0, None, not math.isfinite(scores.loss), looked=False) for scores in report.metrics]
    result = build_result(config, None, accounts, report, baselines, {"updates": 0, "time_steps": 0}, ())
    counts = sorted({each.count_params() for each in models})
    words = f"Keras model {models[0].name!r}, {' or '.join(f'{count:,}' for count in counts)} parameters"
    return EvalResult(result, model=words)


def _activation(model: KerasModel) -> str:
    """The name of the last layer's activation."""
    activation = getattr(model.layers[-1], "activation", None)
    return getattr(activation, "__name__", "unknown")
