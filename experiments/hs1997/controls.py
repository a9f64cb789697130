"""Controls of Table 2 on task 2a: simple recurrent networks, and random weights.

python experiments/hs1997/controls.py [ROW ...]

Records the rows named and fills the README's tables. The networks are in `controls.c`, compiled by this machine's `cc`.
"""

import argparse
import ctypes
import json
import math
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from seqmem.judge.verdict import wilson_interval

HERE = Path(__file__).parent
RECORD = HERE / "controls.json"
TRIALS = 18
BOUND = 0.25
CHECK_EVERY = 10
RATES = (1.0, 4.0, 10.0)
NETWORKS = {"rnn": [], "lstm1997": ["-DMEMORY_CELL"]}
# Sequences at most, by lag; the paper's limit is 5,000,000.
SEQUENCES = {4: 5_000_000, 10: 1_000_000, 100: 100_000}
# Networks drawn at most, by lag.
GUESSES = {2: 10_000_000, 4: 10_000_000, 10: 10_000_000, 100: 100_000}
# The paper's share of trials that succeed, and their sequences to success.
PAPER = {("rtrl", 4, 1.0): "78 %, 1,043,000", ("rtrl", 4, 4.0): "56 %, 892,000", ("rtrl", 4, 10.0): "22 %, 254,000"}


def rows():
    """Returns what each row is, by its name."""
    trained = {
        f"{method}-{lag}-{rate:g}": {"method": method, "lag": lag, "rate": rate, "budget": SEQUENCES[lag]}
        for method, lags in (("rtrl", (4, 10)), ("bptt", (4, 10, 100)))
        for lag in lags
        for rate in RATES
    }
    guessed = {
        f"guess-{network}-{lag}-{reach}": {"network": network, "lag": lag, "reach": reach, "budget": budget}
        for network in NETWORKS
        for lag, budget in GUESSES.items()
        for reach in (10, 100)
    }
    return trained | guessed


def library(lag, network="rnn"):
    """Compiles and loads the network for one lag."""
    with tempfile.TemporaryDirectory() as folder:
        compiled, linked = f"{folder}/controls.o", f"{folder}/controls.so"
        flags = ["-O3", "-march=native", "-ffast-math", "-fPIC", "-std=c11", f"-DP={lag}", *NETWORKS[network]]
        subprocess.run(["cc", *flags, "-c", HERE / "controls.c", "-o", compiled], check=True)
        # linked without -ffast-math, which would change how the whole process treats small numbers
        subprocess.run(["cc", "-shared", compiled, "-o", linked, "-lm"], check=True)
        loaded = ctypes.CDLL(linked)
    real, count = ctypes.c_double, ctypes.c_int64
    weights = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    loaded.train.argtypes = [weights, ctypes.c_uint64, ctypes.c_int, real, count, count, real]
    loaded.guess.argtypes = [weights, ctypes.c_uint64, real, count, real]
    loaded.train.restype = loaded.guess.restype = count
    return loaded


def weight_count(lag, network="rnn"):
    """Weights of a network: its hidden unit sees all symbols, its outputs see them and the hidden unit."""
    symbols = lag + 1
    hidden = symbols + 1 if network == "rnn" else 2 * symbols
    return hidden + symbols * (symbols + 1)


def row(budget, lag, method="guess", rate=None, network="rnn", reach=None):
    """Runs the trials of a row; a trial's figure is the sequences, or networks drawn, to success, or None."""
    loaded, started, trials = library(lag, network), time.process_time(), []
    for seed in range(TRIALS):
        weights = np.random.default_rng(seed).uniform(-0.2, 0.2, weight_count(lag, network))
        if method == "guess":
            met = loaded.guess(weights, seed, reach, budget, BOUND)
        else:
            met = loaded.train(weights, seed, method == "rtrl", rate, budget, CHECK_EVERY, BOUND)
        trials.append(met if met > 0 else None)
    return {"weights": weight_count(lag, network), "seconds": round(time.process_time() - started, 1), "trials": trials}


def hidden_values(network, lag, reach, draws, rng):
    """Returns what the outputs see of random hidden units, (draw, sequence, step)."""

    def logistic(values):
        return 1.0 / (1.0 + np.exp(-np.clip(values, -700.0, 700.0)))

    symbols = np.array([[lag - 1, *range(lag - 1)], [lag, *range(lag - 1)]])
    into, more = (rng.uniform(-reach, reach, (draws, lag + 1)) for _ in range(2))
    value, values = np.zeros((draws, 2)), []
    for step in range(lag):
        seen = into[:, symbols[:, step]]
        if network == "rnn":
            value = logistic(seen + more[:, :1] * value)
        else:
            value = value + logistic(seen) * logistic(more[:, symbols[:, step]])
        values.append(value)
    return np.stack(values, axis=-1)


def success_exponent(network, lag, reach, draws, seed=0, grid=200):
    """Estimates the decimal logarithm of the chance that random weights pass the test.

    Given what the hidden unit does, outputs are independent, and given an output's weight from there, so are its
    weights from the symbols: each has an interval that passes, whose length is exact. The weight from the hidden unit
    is averaged over a grid, the hidden unit over random draws.
    """
    hidden = hidden_values(network, lag, reach, draws, np.random.default_rng(seed))
    net = hidden[..., None] * ((np.arange(grid) + 0.5) / grid * 2 - 1) * reach
    margin = math.log((1 - BOUND) / BOUND)

    def share(low, high):
        """Share of weights that keep a right output right: `low` and `high` are what the hidden unit adds."""
        on = (reach - np.maximum(margin - low, -reach)) / (2 * reach)
        off = (np.minimum(-margin - high, reach) + reach) / (2 * reach)
        return [np.log(np.clip(each, 1e-300, 1)) for each in (on, off)]

    def averaged(logs):
        top = logs.max(axis=-1, keepdims=True)
        return np.log(np.exp(logs - top).mean(axis=-1)) + top[..., 0]

    # symbols: x and y at the first step of their sequence, then distractors, which both sequences have
    parts = [share(net[:, :, 0], net[:, :, 0]), share(net[:, :, 1:].min(axis=1), net[:, :, 1:].max(axis=1))]
    on, off = (np.concatenate([parts[0][k], parts[1][k]], axis=1) for k in range(2))
    silent = off.sum(axis=1)
    total = averaged(silent + (on - off)[:, :2].sum(axis=1))  # the first distractor, after x and y
    for symbol in range(2, lag):
        total = total + averaged(silent + (on - off)[:, symbol])
    last = net[:, :, -1]
    for right, wrong in ((0, 1), (1, 0)):  # x and y, after the last distractor: on in one sequence, off in the other
        span = np.minimum(-margin - last[:, wrong], reach) - np.maximum(margin - last[:, right], -reach)
        total = total + averaged(silent - off[:, -1] + np.log(np.clip(span / (2 * reach), 1e-300, 1)))
    return float(np.log(np.exp(total - total.max()).mean()) + total.max()) / math.log(10)


def line(name, found):
    """A line of the README's tables."""
    asked, trials = rows()[name], found["trials"]
    met = [trial for trial in trials if trial is not None]
    low, high = wilson_interval(len(met), len(trials))
    solved = f"{len(met)} of {len(trials)} ({low:.2f} to {high:.2f})"
    mean = f"{statistics.mean(met):,.0f} ({min(met):,} to {max(met):,})" if met else "-"
    budget, seconds = f"{asked['budget']:,}", f"{found['seconds']:.0f}"
    if "method" in asked:
        key = (asked["method"], asked["lag"], asked["rate"])
        paper = PAPER.get(key, "-" if key[:2] in (("bptt", 4), ("bptt", 10)) else "0 %")
        head = [key[0].upper(), str(key[1]), f"{key[2]:g}", str(found["weights"]), paper]
    else:
        head = [asked["network"], str(asked["lag"]), f"±{asked['reach']}", str(found["weights"])]
        mean = f"{mean} | {10 ** -found['exponent']:.1g}" if "exponent" in found else f"{mean} | -"
    return f"| {' | '.join([*head, budget, solved, mean, seconds])} |"


def filled(text, recorded):
    """Returns the README with both tables made again from what is recorded."""
    heads = {
        "trained": "| method | p | rate | weights | paper | sequences at most | solved (95 %) "
        "| sequences to success: mean (range) | s |",
        "guessed": "| network | p | weights within | weights | networks at most | solved (95 %) "
        "| networks to success: mean (range) | computed | s |",
    }
    for kind, head in heads.items():
        names = [name for name in rows() if name in recorded and name.startswith("guess") == (kind == "guessed")]
        lines = [head, "|---" * head.count(" | ") + "|---|", *(line(name, recorded[name]) for name in names)]
        body = f"<!-- {kind} -->\n" + "\n".join(lines) + "\n<!-- end -->"
        text = re.sub(rf"<!-- {kind} -->\n.*?<!-- end -->", lambda _, body=body: body, text, flags=re.DOTALL)
    return text


def main():
    """Records the rows named, and makes the README's tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("row", nargs="*", choices=[[], "all", *rows()], help="rows to record, or all")
    wanted = parser.parse_args().row
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    for name in rows() if wanted == ["all"] else wanted:
        asked = rows()[name]
        found = row(**asked)
        if "network" in asked and asked["lag"] <= 4:
            found["exponent"] = round(success_exponent(asked["network"], asked["lag"], asked["reach"], 20_000), 2)
        recorded[name] = found
        RECORD.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
        print(line(name, found), flush=True)
    readme = HERE / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8"), recorded), encoding="utf-8")


if __name__ == "__main__":
    main()
