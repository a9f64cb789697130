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
    """Replicates of one network.

    Attributes:
        network: The network.
        parameters: Keras variable, float32 `(replicate, parameters)`.
    """

    def __init__(self, network: Network, replicates: int):
        self.network = network
        self.parameters = keras.Variable(np.zeros((replicates, network.parameter_count), np.float32))

    def start(self, config: RunConfig) -> None:
        """Gives each replicate the parameters that its seed starts from."""
        self.parameters.assign(self.draw(config))

    def draw(self, config: RunConfig) -> np.ndarray:
        """Returns the initial parameters of each replicate, float32 `(replicate, parameters)`; changes nothing.

        Where the cell joins later, the head's weights for it are zero.
        """
        drawn = self.drawn(config)
        if config.cell_joins is not None:
            arrays = self.network.split(drawn)
            arrays[self.network.cell_weight_count][:, : self.network.units] = 0.0
            drawn = self.network.flatten(arrays)
        return drawn

    def drawn(self, config: RunConfig) -> np.ndarray:
        """Returns the parameters that each seed draws, as `draw`."""
        start = Start(config.cell, config.init, config.task.time if config.init.kind == "chrono" else 1)
        return np.stack([self.network.initial_parameters(seed, start) for seed in config.seeds])

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the parameters by name, float32 `(replicate, *shape)` each."""
        return dict(zip(self.network.names, self.network.split(self.parameters.numpy()), strict=True))

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        """Sets the parameters from what `arrays` returned."""
        self.parameters.assign(self.network.flatten([arrays[name] for name in self.network.names]))


def build_population(config: RunConfig) -> Population:
    """Returns a population for a run, to be started or loaded; runs of the same shape share one.

    Raises:
        SettingError: If the cell is user code without permission, or cannot be used.
    """
    config.cell.check_permission()
    shape = (config.cell.graph, config.units, config.layers, config.features, len(config.task.output_symbols))
    head = (config.head, config.scoring, config.head_bias, config.head_inputs)
    return _population((*shape, *head), config.replicates)


# Compiled functions belong to a population, and their memory is never freed, so trials of the same shape share one. The
# key holds what changes the graph, and nothing that only changes the initial parameters.
@functools.lru_cache(maxsize=4)
def _population(recipe: tuple[Cell, int, int, int, int, str, str, bool, bool], replicates: int) -> Population:
    return Population(Network(*recipe), replicates)
