"""Times ways to carry parameters through the loop of updates, where an update takes one step.

python experiments/speed/loop.py > experiments/speed/loop.txt

The tutorial's recipe, on the same random symbols and from the same start. Processor time of an update of one replicate
in interleaved turns; medians. All ways must end in the same weights. `seqmem.training.chunk` carries one tensor per
weight and per moment of Adam's; the others join them at the end of an update and split them at its start.
"""

import os
import statistics
import time

import numpy as np
from work import Work

from seqmem.backend import process
from seqmem.backend.lazy import tf
from seqmem.models.population import build_population
from seqmem.training import chunk
from seqmem.training.optimizers import PopulationOptimizer
from seqmem.training.trainer import chunk_plan
from seqmem.training.window import Window

TURNS = 7


def by_weight(network, values):
    """Carried as they are."""
    return values


def joined(network, values):
    """Carried as one tensor of all weights, one of each moment."""
    return [network.join(tensors) for tensors in values]


def moments_joined(network, values):
    """Carried as one tensor for each weight, but one of each moment."""
    return [values[0], *(network.join(tensors) for tensors in values[1:])]


def split(network, carried):
    """One tensor for each weight again."""
    return [tensors if isinstance(tensors, list) else network.split(tensors) for tensors in carried]


WAYS = {"one per weight": by_weight, "moments joined": moments_joined, "all joined": joined}


def trainer(work, way):
    """Returns a compiled function that makes all updates of a work, and its variables; None reads and writes these."""
    population = build_population(work.config)
    population.start(work.config)
    network, parameters = population.network, population.parameters
    optimizer = PopulationOptimizer("adam", parameters)
    optimizer.reset(work.config.learning_rate)
    plan = chunk_plan(work.config)
    first_states_of, train_window = chunk._window_builder(network, optimizer, plan)
    variables = (parameters, *optimizer.slots)
    steps = plan.time // plan.window
    everyone = tf.ones(work.replicates, tf.bool)

    def read():
        return [network.split(variable.value) for variable in variables]

    def write(values):
        for variable, tensors in zip(variables, values, strict=True):
            variable.assign(network.join(tensors))

    @tf.function(jit_compile=True, autograph=False)
    def train(arrays):
        windows = [tf.reshape(array, (-1, plan.window, *array.shape[2:])) for array in arrays]
        first = first_states_of(work.replicates, work.batch)

        def body(index, carried, made, states):
            window = Window(*(tf.gather(array, index) for array in windows))
            states = chunk.choose(index % steps == 0, first, states)
            values = read() if way is None else split(network, carried)
            values, made, states, _, _ = train_window(window, values, made, states, everyone)
            if way is None:
                write(values)
            return index + 1, carried if way is None else way(network, values), made, states

        begin = [] if way is None else way(network, read())
        carried = (tf.constant(0), begin, optimizer.updates.value, first)
        _, after, made, _ = tf.while_loop(lambda index, *_: index < windows[0].shape[0], body, carried)
        if way is not None:
            write(split(network, after))
        optimizer.updates.assign(made)

    return train, parameters


def main():
    """Prints a line per way and number of replicates."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    process.prepare(threads=1, cache=False)
    for replicates, updates in ((1, 5000), (20, 500), (100, 100)):
        work = Work(None, 1, replicates, updates)
        symbols, targets, weights = (tf.constant(array[:-1]) for array in work.data)
        everywhere = tf.ones(weights.shape, tf.bool)
        order = tf.zeros((updates, weights.shape[1]), tf.int32)
        arrays = [symbols[..., None], targets, weights, everywhere, everywhere, order]
        made = {name: trainer(work, way) for name, way in (WAYS | {"variables, in the loop": None}).items()}
        taken = {name: [] for name in made}
        for turn in range(TURNS + 1):
            for name, (train, parameters) in made.items():
                started = time.process_time()
                train(arrays)
                parameters.numpy()
                if turn:  # the first one compiles
                    taken[name].append((time.process_time() - started) * 1e6 / work.steps(updates))
        ends = [parameters.numpy() for _, parameters in made.values()]
        assert all(np.abs(end - ends[0]).max() < 1e-4 for end in ends)
        for name, times in taken.items():
            ratio = statistics.median(one / other for one, other in zip(times, taken["one per weight"], strict=True))
            print(f"{replicates:>3} replicates  {name:<24}{statistics.median(times):6.2f} us  {ratio:.2f} times")


if __name__ == "__main__":
    main()
