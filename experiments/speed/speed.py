"""Times training against the tutorial's Keras loops, JAX, PyTorch and hand-written C, in one interleaved run on a core.

    pip install -e '.[peers]' && python experiments/speed/speed.py

A peer that is not installed is left out. With `--json experiments/speed/speed.json` the figures are recorded, and
`python experiments/speed/pages.py` makes the tables of README.md, here and of the repository, from them.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import gc
import importlib
import importlib.metadata
import importlib.util
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np
from c_limit import CLimit, compiler
from contestants import Contestant, OneLongFit, Seqmem, TutorialLoop
from work import WORK, Work

from seqmem.backend import process

# How far the loss of two contestants may be apart after the same updates.
TOLERANCE, CHECKED_UPDATES = 1e-4, 25


def contestants(work: Work) -> dict[str, type[Contestant]]:
    """Returns those that this machine has and this work is for, by name."""
    found: dict[str, type[Contestant]] = {"seqmem": Seqmem}
    if importlib.util.find_spec("jax"):
        from jax_peer import Jax

        found["JAX"] = Jax
    if importlib.util.find_spec("torch") and work.replicates == 1:
        from torch_peer import Torch

        found["torch"] = Torch
    if compiler():
        found["C"] = CLimit
    if work.time is None and work.replicates == 1:
        found |= {"tutorial's loop": TutorialLoop, "one long fit": OneLongFit}
    return found


def loss_apart(work: Work, name: str, made: type[Contestant]) -> float:
    """Returns how far its loss is from seqmem's after the same few updates; raises where that is too far.

    After hundreds of updates at a rate of 0.01 the last bits have grown to a difference that says nothing.
    """
    few = dataclasses.replace(work, updates=min(work.updates, CHECKED_UPDATES))
    contestant = made(few)
    contestant.train()
    own = Seqmem(few, contestant.updates)
    own.train()
    losses = [few.loss(one.weights(), contestant.updates) for one in (own, contestant)]
    apart = float(np.abs(losses[0] - losses[1]).max())
    if not apart <= TOLERANCE:
        raise SystemExit(f"{name}: {work.name}: the loss is {apart:.1e} from seqmem's after {few.updates} updates")
    return apart


def measure(work: Work, repeats: int) -> dict[str, object]:
    """Times every contestant `repeats` times, turn by turn, in microseconds of a step of one sequence and replicate."""
    classes = contestants(work)
    # one call of `fit` never resets the state, which gives other numbers
    compared = [name for name, made in classes.items() if made not in (Seqmem, OneLongFit)]
    apart = {name: loss_apart(work, name, classes[name]) for name in compared}
    ready = {name: made(work) for name, made in classes.items()}
    for contestant in ready.values():
        contestant.train()  # compiles
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(repeats):
        for name, contestant in ready.items():
            start = time.process_time()
            contestant.train()
            microseconds = (time.process_time() - start) * 1e6
            times[name].append(float(f"{microseconds / work.steps(contestant.updates):.4g}"))
    return {"work": work.name, "replicates": work.replicates, "microseconds": times, "loss_apart": apart}


def machine() -> dict[str, str]:
    """Returns processor, versions and date."""
    found = {"processor": str(process.environment(1)["processor"]), "date": datetime.date.today().isoformat()}
    for name in ("tensorflow", "keras", "jax", "torch", "numpy"):
        if importlib.util.find_spec(name):
            found[name] = importlib.metadata.version(name)
    if compiler():
        said = subprocess.run([str(compiler()), "--version"], capture_output=True, text=True, check=True).stdout
        found["compiler"] = said.splitlines()[0]
    return found


def main() -> None:
    """Measures all work and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--only", default="", metavar="WORDS", help="only work whose name holds these words")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into a file")
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if importlib.util.find_spec("jax"):
        import jax

        jax.devices()  # reads XLA_FLAGS now, before seqmem sets an option there that is not JAX's default
    if importlib.util.find_spec("triton"):
        importlib.import_module("triton")  # of PyTorch's builds for GPUs; after TensorFlow its import crashes
    process.prepare(threads=1)
    rows = []
    for work in WORK:
        if asked.only in work.name:
            rows.append(measure(work, asked.repeats))
            medians = {name: statistics.median(times) for name, times in rows[-1]["microseconds"].items()}
            shown = "  ".join(f"{name} {median:.4g}" for name, median in medians.items())
            print(f"{work.name}, {work.replicates}: {shown}; losses apart {rows[-1]['loss_apart']}", flush=True)
            gc.collect()
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
