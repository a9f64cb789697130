"""The engine against Keras' own `fit` loop, from the same initial weights."""

import keras
import numpy as np
import pytest
from trainings import trained

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig

TUTORIALS = {"head": "sigmoid", "init": "glorot", "stop": False}


def train_with_seqmem(config: RunConfig) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Trains without checks; returns the weights before and after, those of replicate 0."""
    *both, _ = trained(config)
    before, after = ({name: array[0] for name, array in arrays.items()} for arrays in both)
    return before, after


def keras_model(config: RunConfig, window: int, optimizer: keras.Optimizer) -> keras.Model:
    """The tutorial's stateful model, with `window` time steps a sample."""
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(1, window, 5)),
            keras.layers.LSTM(config.units, stateful=True, return_sequences=True),
            keras.layers.Dense(5, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    return model


def train_with_keras(model: keras.Model, epochs: int, window: int) -> None:
    """Fits sequence after sequence as the tutorial does, the state reset after each."""
    one_hot = np.eye(5, dtype=np.float32)[[[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]]]
    for _ in range(epochs):
        for sequence in one_hot:
            inputs, targets = (part.reshape(-1, window, 5) for part in (sequence[:-1], sequence[1:]))
            model.fit(inputs, targets, batch_size=1, epochs=1, shuffle=False, verbose=0)
            model.layers[0].reset_states()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "window"),
    [({}, 1), ({"window": "sequence"}, 4), ({"window": 2}, 2)],
    ids=["one step", "whole", "two steps"],
)
def test_the_tutorial_gives_the_weights_of_keras_fit(settings, window):
    config = RunConfig.from_settings(read_preset("tutorial") | settings)
    before, after = train_with_seqmem(config)
    model = keras_model(config, window, keras.optimizers.Adam(config.learning_rate))
    model.set_weights(list(before.values()))
    train_with_keras(model, 250, window)
    for name, expected in zip(after, model.get_weights(), strict=True):
        np.testing.assert_allclose(after[name], expected, atol=1e-5, rtol=0, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "optimizer"),
    [("rmsprop", keras.optimizers.RMSprop), ("sgd", keras.optimizers.SGD)],
)
def test_every_optimizer_gives_the_weights_of_keras_fit(name, optimizer):
    config = RunConfig.from_settings(TUTORIALS | {"optimizer": name, "learning_rate": 0.005, "epochs": 30})
    before, after = train_with_seqmem(config)
    model = keras_model(config, 4, optimizer(0.005))
    model.set_weights(list(before.values()))
    train_with_keras(model, 30, 4)
    for name, expected in zip(after, model.get_weights(), strict=True):
        np.testing.assert_allclose(after[name], expected, atol=1e-5, rtol=0, err_msg=name)


def test_clipping_gives_the_weights_of_keras_global_clipnorm():
    config = RunConfig.from_settings(
        TUTORIALS | {"optimizer": "sgd", "learning_rate": 0.5, "clip_norm": 0.05, "epochs": 4}
    )
    before, after = train_with_seqmem(config)
    model = keras_model(config, 4, keras.optimizers.SGD(0.5, global_clipnorm=0.05))
    model.set_weights(list(before.values()))
    train_with_keras(model, 4, 4)
    for name, expected in zip(after, model.get_weights(), strict=True):
        np.testing.assert_allclose(after[name], expected, atol=1e-6, rtol=0, err_msg=name)
