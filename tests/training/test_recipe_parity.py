"""Every cell and every recipe against Keras' own `fit`, from the same initial weights."""

import keras
import numpy as np
import pytest
from trainings import trained

from seqmem.cells.mlp import MLP
from seqmem.config.run_config import RunConfig

ONE_HOT = np.eye(5, dtype=np.float32)
SEQUENCES = ONE_HOT[[[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]]]
EPOCHS = 30


def weights_of(settings: dict) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Trains with seqmem, without checks; returns the weights before and after."""
    config = RunConfig.from_settings(
        {"epochs": EPOCHS, "stop": False, "units": 8, "head": "sigmoid", "init": "glorot", **settings}
    )
    before, after, _ = trained(config)
    return [array[0] for array in before.values()], {name: array[0] for name, array in after.items()}


def fit(layers: list, shape: tuple, before: list[np.ndarray], batches: list, batch_size: int) -> list[np.ndarray]:
    """Fits Keras' own layers to one batch of arrays after another, the state reset after each."""
    model = keras.Sequential([keras.Input(batch_shape=shape), *layers, keras.layers.Dense(5, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
    model.set_weights(before)
    for _ in range(EPOCHS):
        for inputs, targets in batches:
            model.fit(inputs, targets, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)
            for layer in layers:
                if getattr(layer, "stateful", False):
                    layer.reset_states()
    return model.get_weights()


def assert_equal_weights(found: dict[str, np.ndarray], expected: list[np.ndarray]) -> None:
    for (name, array), wanted in zip(found.items(), expected, strict=True):
        np.testing.assert_allclose(array, wanted, atol=1e-5, rtol=0, err_msg=name)


WHOLE = [(sequence[None, :-1], sequence[None, 1:]) for sequence in SEQUENCES]
STEPS = [(sequence[:-1, None], sequence[1:]) for sequence in SEQUENCES]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "layers"),
    [
        ({"cell": "gru"}, [keras.layers.GRU]),
        ({"cell": "rnn"}, [keras.layers.SimpleRNN]),
        ({"cell": "mlp"}, [lambda units, **how: keras.layers.RNN(MLP().layer(units), **how)]),
        ({"cell": "lstm", "layers": 2}, [keras.layers.LSTM] * 2),
        ({"cell": "gru", "layers": 2, "init": "chrono"}, [keras.layers.GRU] * 2),
        ({"cell": "rnn", "init": "uniform:0.3"}, [keras.layers.SimpleRNN]),
    ],
    ids=str,
)
def test_every_cell_gives_the_weights_of_keras_fit(settings, layers):
    before, after = weights_of(settings)
    built = [layer(8, return_sequences=True) for layer in layers]
    assert_equal_weights(after, fit(built, (1, 4, 5), before, WHOLE, 1))


@pytest.mark.slow
def test_an_mlp_with_a_context_is_a_dense_network_over_joined_vectors():
    before, after = weights_of({"cell": "mlp", "context": 3, "window": 1})
    batches = []
    for sequence in SEQUENCES:
        padded = np.concatenate([np.zeros((2, 5), np.float32), sequence[:-1]])
        batches.append((np.stack([padded[step : step + 3].ravel() for step in range(4)]), sequence[1:]))
    assert_equal_weights(after, fit([keras.layers.Dense(8, activation="tanh")], (None, 15), before, batches, 1))


@pytest.mark.slow
def test_stateless_steps_are_keras_lstm_without_stateful():
    before, after = weights_of({"window": 1, "stateful": False})
    assert_equal_weights(after, fit([keras.layers.LSTM(8)], (1, 1, 5), before, STEPS, 1))


@pytest.mark.slow
@pytest.mark.parametrize("stateful", [False, True])
def test_lags_are_the_time_steps_of_keras_samples(stateful):
    before, after = weights_of({"window": 1, "lags": 2, "stateful": stateful})
    batches = []
    for sequence in SEQUENCES:
        padded = np.concatenate([np.zeros((1, 5), np.float32), sequence[:-1]])
        batches.append((np.stack([padded[step : step + 2] for step in range(4)]), sequence[1:]))
    assert_equal_weights(after, fit([keras.layers.LSTM(8, stateful=stateful)], (1, 2, 5), before, batches, 1))


@pytest.mark.slow
@pytest.mark.parametrize("rows", [2, 4])
def test_rows_of_steps_are_keras_batches_of_one_sequence(rows):
    before, after = weights_of({"window": 1, "rows": "steps", "batch_size": rows})
    assert_equal_weights(after, fit([keras.layers.LSTM(8, stateful=True)], (rows, 1, 5), before, STEPS, rows))


@pytest.mark.slow
def test_rows_of_sequences_are_keras_batches_of_sequences():
    before, after = weights_of({"batch_size": 2})
    layer = keras.layers.LSTM(8, stateful=True, return_sequences=True)
    assert_equal_weights(after, fit([layer], (2, 4, 5), before, [(SEQUENCES[:, :-1], SEQUENCES[:, 1:])], 2))
