"""Training to its end: a population by itself, and a whole run."""

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run
from seqmem.models.population import build_population
from seqmem.results.run import RunResult
from seqmem.training.trainer import Trainer

Arrays = dict[str, np.ndarray]


def trained(config: RunConfig) -> tuple[Arrays, Arrays, Trainer]:
    """Trains all replicates to the end, without checks; their arrays before and after, and the trainer."""
    population = build_population(config)
    population.start(config)
    before = population.arrays()
    trainer = Trainer(config, population)
    while trainer.updates_done < config.updates:
        trainer.advance(config.updates, np.ones(config.replicates, bool))
    return before, population.arrays(), trainer


def followed(run: Run, stop_after: int | None = None) -> RunResult | None:
    """Follows a run to its end, or leaves it after so many chunks; the result or None."""
    with run:
        for taken, _ in enumerate(run, 1):
            if taken == stop_after:
                return None
    return run.result
