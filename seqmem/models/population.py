"""Replicates of a network, their parameters stacked on one axis."""

from __future__ import annotations

import functools

import numpy as np

from seqmem.backend.lazy import keras
from seqmem.cells.cell import Cell
from seqmem.config.run_config import RunConfig
from seqmem.models.network import Network
from seqmem.models.start import Start


class Population:
    """Replicates of a network.

    Args:
        network: What they all are.
        replicates: How many.

    Attributes:
        network: The network.
        parameters: Keras variable, float32 `(replicate, parameters)`.
    """

    def __init__(self, network: Network, replicates: int):
        self.network = network
        self.parameters = keras.Variable(np.zeros((replicates, network.parameter_count), np.float32))

    def start(self, config: RunConfig) -> None:
        """Gives each replicate the parameters that its seed starts from."""
        start = Start(config.cell, config.init, config.task.time if config.init.kind == "chrono" else 1)
        self.parameters.assign(np.stack([self.network.initial_parameters(seed, start) for seed in config.seeds]))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the parameters by name, float32 `(replicate, *shape)` each."""
        return dict(zip(self.network.names, self.network.split(self.parameters.numpy()), strict=True))

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        """Takes over parameters as `arrays` gave them."""
        self.parameters.assign(self.network.flatten([arrays[name] for name in self.network.names]))


def build_population(config: RunConfig) -> Population:
    """Returns a population for a run; the same one again, to be started again, where only its shape matters.

    Raises:
        SettingError: If the cell is user code and was not allowed, or cannot be used.
    """
    config.cell.check_permission()
    shape = (config.cell.graph, config.units, config.layers, config.features, len(config.task.output_symbols))
    head = (config.head, config.scoring, config.head_bias, config.head_inputs)
    return _population((*shape, *head), config.replicates)


# What is compiled depends on a population. Trials of the same shape use it again: a new network costs memory for good.
# So the key holds what changes the graph, and nothing of what only changes the start.
@functools.lru_cache(maxsize=4)
def _population(recipe: tuple[Cell, int, int, int, int, str, str, bool, bool], replicates: int) -> Population:
    return Population(Network(*recipe), replicates)
