"""The outputs of Keras models that did not come from a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from seqmem.backend.lazy import KerasLayer, KerasModel, tf
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.evaluation.evaluator import recalled_symbols
from seqmem.evaluation.forward import StepOutputs
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.layout import one_hot

EPSILON = 1e-7  # Keras' losses clip probabilities to [EPSILON, 1 - EPSILON]


def model_outputs(models: Sequence[KerasModel], sequences: Sequence[SequenceBatch], config: RunConfig) -> StepOutputs:
    """Returns the outputs of models, as described at `evaluate_model`, on one batch each, teacher-forced.

    Raises:
        SettingError: If a model takes or returns other shapes.
    """
    scored = []
    for model, batch in zip(models, sequences, strict=True):
        seen = config.layout.lay_out(batch).inputs[:, :, 0]
        vectors = one_hot(seen, len(config.task.input_symbols)).reshape(*seen.shape[:2], -1)
        scored.append(_scored(_probabilities(model, vectors, len(config.task.output_symbols)), batch, config))
    return StepOutputs(*(np.stack(arrays) for arrays in zip(*scored, strict=True)))


def _probabilities(model: KerasModel, vectors: np.ndarray, outputs: int) -> np.ndarray:
    """The outputs of a model for one-hot vectors `(sequence, time, features)`: float32 `(sequence, time, outputs)`."""
    count, time, features = vectors.shape
    shape = tuple(model.input_shape) if isinstance(model.input_shape, (list, tuple)) else ()
    if len(shape) != 3 or shape[1] not in (None, 1, time) or shape[2] != features:
        raise SettingError("model", model.name, f"takes {shape}, must take (batch, time, {features})")
    rows, steps = shape[0] or count, time if shape[1] is None else shape[1]
    call = tf.function(lambda piece: model(piece, training=False))
    answers = []
    for start in range(0, count, rows):
        # a batch of fixed size is padded by repeating its sequences
        batch = np.resize(vectors[start : start + rows], (rows, time, features))
        for layer in _stateful_layers(model):
            layer.reset_states()
        pieces = [call(tf.constant(batch[:, step : step + steps])).numpy() for step in range(0, time, steps)]
        if any(piece.shape not in ((rows, steps, outputs), (rows, outputs)[: 3 * (steps == 1)]) for piece in pieces):
            given = f"gives {pieces[0].shape} for {(rows, steps, features)}"
            raise SettingError("model", model.name, f"{given}, must give (batch, time, {outputs})")
        joined = np.concatenate([piece.reshape(rows, steps, outputs) for piece in pieces], axis=1)
        answers.append(joined[: count - start])
    return np.concatenate(answers)


def _stateful_layers(layer: KerasLayer) -> Iterator[KerasLayer]:
    for inner in getattr(layer, "layers", ()):
        yield from _stateful_layers(inner)
    if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
        yield layer


def _scored(probabilities: np.ndarray, batch: SequenceBatch, config: RunConfig) -> tuple[np.ndarray, ...]:
    """The six arrays of `StepOutputs`, `(row, time)` each."""
    target = one_hot(batch.targets, probabilities.shape[-1])
    inside = np.clip(probabilities, EPSILON, 1 - EPSILON)
    if config.head == "softmax":
        loss = -np.log(np.sum(inside * target, axis=-1))
    else:
        loss = -np.mean(np.log(np.where(target > 0, inside, 1 - inside)), axis=-1)
    ranked = np.sort(probabilities, axis=-1)
    cues = np.where(recalled_symbols(config.task), probabilities, -np.inf)
    return (
        loss,
        probabilities.argmax(axis=-1).astype(np.int32),
        ranked[..., -1],
        ranked[..., -1] - ranked[..., -2],
        np.abs(probabilities - target).max(axis=-1),
        cues.argmax(axis=-1).astype(np.int32),
    )
