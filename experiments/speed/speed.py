"""Times an update of the tutorial's network: the tutorial's own Keras loop, one long `fit`, and seqmem, in one run.

python experiments/speed/speed.py [--json FILE]
"""

import argparse
import json
import time

import numpy as np

from seqmem.backend import process
from seqmem.backend.lazy import keras
from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population
from seqmem.training.trainer import Trainer

process.prepare(threads=1, cache=False)

ONE_HOT = np.eye(5, dtype=np.float32)[[[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]]]


def tutorial_model() -> keras.Model:
    """The tutorial's network: stateful LSTM of 20 units, one time step a sample."""
    layers = [keras.Input(batch_shape=(1, 1, 5)), keras.layers.LSTM(20, stateful=True)]
    model = keras.Sequential([*layers, keras.layers.Dense(5, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model


def tutorial_loop(epochs: int = 15) -> float:
    """Seconds an update of the tutorial's own loop: two calls of `fit` an epoch, after a first epoch to warm up."""
    model = tutorial_model()
    for epoch in range(epochs + 1):
        if epoch == 1:
            start = time.perf_counter()
        for sequence in ONE_HOT:
            model.fit(sequence[:-1, None], sequence[1:], epochs=1, batch_size=1, verbose=0, shuffle=False)
            model.layers[0].reset_states()
    return (time.perf_counter() - start) / (epochs * 8)


def one_long_fit(updates: int = 2000) -> float:
    """Seconds an update within one call of `fit`: not the tutorial's loop, but the fairer figure."""
    model = tutorial_model()
    inputs = np.concatenate([sequence[:-1, None] for sequence in ONE_HOT] * (updates // 8))
    targets = np.concatenate([sequence[1:] for sequence in ONE_HOT] * (updates // 8))
    model.fit(inputs[:80], targets[:80], batch_size=1, verbose=0, shuffle=False)
    start = time.perf_counter()
    model.fit(inputs, targets, batch_size=1, verbose=0, shuffle=False)
    return (time.perf_counter() - start) / len(inputs)


def seqmem_population(replicates: int, updates: int = 40_000) -> tuple[float, float]:
    """Seconds an update of one replicate with so many side by side, without checks; and seconds to compile."""
    settings = {"replicates": replicates, "epochs": updates // 8, "check_every": updates // 4}
    config = RunConfig.from_settings(read_preset("tutorial") | settings)
    population = build_population(config)
    population.start(config)
    trainer, active = Trainer(config, population), np.ones(replicates, bool)
    start = time.perf_counter()
    trainer.compile()
    compiled = time.perf_counter()
    while trainer.updates_done < config.updates:
        trainer.advance(config.updates, active)
    return (time.perf_counter() - compiled) / trainer.updates_made, compiled - start


def main() -> None:
    """Measures everything once and prints a table; with --json also writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", metavar="FILE")
    file = parser.parse_args().json
    loop, fit = tutorial_loop(), one_long_fit()
    rows = {"the tutorial's loop": (loop, 0.0), "one long fit": (fit, 0.0)}
    for replicates in (1, 20, 100):
        rows[f"seqmem, {replicates} replicate{'s' * (replicates > 1)}"] = seqmem_population(replicates)
    print(f"{'':24}{'us/update/replicate':>20}{'x tutorial':>12}{'x one fit':>11}{'compile s':>11}")
    for name, (seconds, compiling) in rows.items():
        print(f"{name:24}{seconds * 1e6:20.2f}{loop / seconds:12.0f}{fit / seconds:11.0f}{compiling:11.2f}")
    if file:
        figures = {name: {"seconds_per_update": value[0], "compile_seconds": value[1]} for name, value in rows.items()}
        with open(file, "w") as out:
            json.dump(figures, out, indent=1)


if __name__ == "__main__":
    main()
