"""Training to its end: a population by itself, and the steps of a whole run."""

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population
from seqmem.training.trainer import Training

Arrays = dict[str, np.ndarray]


def trained(config: RunConfig, check=lambda: ([], [])) -> tuple[Arrays, Arrays, Training]:
    """Trains a population to its end; the arrays of all replicates before and after, and the training."""
    population = build_population(config)
    population.start(config)
    before = population.arrays()
    training = Training(config, population, check)
    while not training.done:
        training.advance()
    return before, population.arrays(), training


def drained(steps, stop_after=None):
    """Follows a run to its end, or closes it after so many chunks; returns the result or None."""
    taken = 0
    while True:
        try:
            next(steps)
        except StopIteration as stopped:
            return stopped.value
        taken += 1
        if taken == stop_after:
            steps.close()
            return None
