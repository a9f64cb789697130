"""Times a time step of eligibility traces and of backpropagation through time, at a short and at a long gap.

python experiments/speed/traces.py > experiments/speed/traces.txt

Processor time of a step of one replicate, updates included, in turns; the median of the turns.
"""

import statistics
import time

import numpy as np

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population
from seqmem.training.trainer import Trainer

GAPS, STEPS, TURNS, REPLICATES = (100, 100_000), 200_000, 3, 2
# loss at the recall step: the recipe of long gaps; traces are carried at every step all the same
RECIPE = {"fillers": "fresh", "alphabet_size": 12, "loss_at": "recall", "replicates": REPLICATES, "seed": 0}


def trainer_of(gradient, gap):
    """Returns a compiled trainer and the presentations that make as many steps as wanted."""
    presentations = max(2, STEPS // (gap + 1))
    settings = RECIPE | {"gradient": gradient, "gap": gap, "presentations": TURNS * presentations}
    config = RunConfig.from_settings(settings | {"check_every": presentations})
    population = build_population(config)
    population.start(config)
    trainer = Trainer(config, population)
    trainer.compile()
    return trainer, presentations


def main():
    """Prints a line per gradient and gap."""
    process.prepare(threads=1, cache=False)
    everyone = np.ones(REPLICATES, bool)
    trainers = {(gradient, gap): trainer_of(gradient, gap) for gradient in ("traces", "bptt") for gap in GAPS}
    taken = {key: [] for key in trainers}
    for turn in range(1, TURNS + 1):
        for key, (trainer, presentations) in trainers.items():
            started, steps = time.process_time(), trainer.time_steps
            while trainer.presentations < turn * presentations:
                trainer.advance(turn * presentations, everyone)
            taken[key].append((time.process_time() - started) / (trainer.time_steps - steps))
    for (gradient, gap), seconds in taken.items():
        print(f"{gradient:<8}gap {gap:>7,}{1e6 * statistics.median(seconds):8.2f} microseconds a step and replicate")


if __name__ == "__main__":
    main()
