"""Measures how time and memory grow with replicates, gap, alphabet, units and batch, alone and combined.

python experiments/speed/growth.py            measures what is missing, a process for each point
python experiments/speed/growth.py --draw     makes table and picture again from what was measured

Time is that of the processor, not of the clock: other work on the machine disturbs it little.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
BASE = {"replicates": 1, "gap": 100, "alphabet_size": 12, "units": 20, "batch_size": 1}
AXES = {
    "replicates": (1, 10, 100, 1_000),
    "gap": (10, 100, 1_000, 10_000, 100_000),
    "alphabet_size": (5, 12, 100, 1_000, 10_000),
    "units": (20, 64, 256, 512),
    "batch_size": (1, 16, 64, 256),
}
# Where several meet: the ends of the two longest axes, and what a large study would ask for.
COMBINED = [
    {"gap": 10_000, "alphabet_size": 10_000, "replicates": 20},
    {"gap": 1_000, "replicates": 100, "batch_size": 16},
    {"gap": 1_000, "units": 256, "replicates": 10, "alphabet_size": 1_000},
]
# The window keeps its steps block by block where they are many.
LONG = [{"gap": gap, "replicates": replicates} for gap in (1_000, 10_000, 100_000) for replicates in (1, 3, 10)]
RECIPE = {"fillers": "fresh", "loss_at": "recall", "init": "chrono"}
ENOUGH_SECONDS = 1.0
# A check computes every output at every step of every sequence: beyond this many of one sequence it takes hours.
MOST_CHECKED = 1e9
FEWEST_POINTS = 3  # of an axis, to fit an exponent to


def points():
    """Every setting that is measured, once."""
    alone = [BASE | {name: value} for name, values in AXES.items() for value in values]
    listed = alone + [BASE | some for some in (*COMBINED, *LONG)]
    return [point for index, point in enumerate(listed) if point not in listed[:index]]


def settings(point):
    """All settings of a point; the budget is never used up."""
    return {**RECIPE, **point, "presentations": 2**30, "check_every": 2**29}


def peak_mib():
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(point):
    """Trains, and checks once; returns seconds and memory. Runs in a process of its own."""
    import numpy as np

    from seqmem.backend import process

    process.prepare(threads=1, cache=False)
    from seqmem.config.run_config import RunConfig
    from seqmem.models.population import build_population
    from seqmem.training.trainer import Trainer

    config = RunConfig.from_settings(settings(point))
    population = build_population(config)
    population.start(config)
    found = {"start_mib": peak_mib()}
    trainer, active = Trainer(config, population), np.ones(config.replicates, bool)
    begun = time.process_time()
    trainer.compile()
    found["compile_seconds"] = time.process_time() - begun
    trainer.advance(config.updates, active)  # memory is touched for the first time
    begun, before = time.process_time(), trainer.time_steps
    while time.process_time() - begun < ENOUGH_SECONDS:
        trainer.advance(config.updates, active)
    found["microseconds"] = (time.process_time() - begun) / (trainer.time_steps - before) * 1e6
    found["train_mib"] = peak_mib()
    if config.task.alphabet_size * steps_of(point) <= MOST_CHECKED:
        found |= first_check(config, population)
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def first_check(config, population):
    """Seconds of a check, and the most memory after it."""
    from seqmem.evaluation.evaluator import Evaluator
    from seqmem.judge.baseline import replicate_baselines

    judge = Evaluator(config, population, replicate_baselines(config.task, config.seeds, config.scoring))
    judge.compile()
    begun = time.process_time()
    judge.check()
    return {"check_seconds": time.process_time() - begun, "check_mib": peak_mib()}


def in_a_process(point):
    """Measures a point in a process of its own, so that its memory is known."""
    command = [sys.executable, __file__, "--point", json.dumps(point)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def slope(rows, name, measure):
    """The exponent of a power of an axis that fits best: least squares over logarithms."""
    pairs = [(math.log(row["point"][name]), math.log(measure(row))) for row in rows]
    x, y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return sum((a - x) * (b - y) for a, b in pairs) / sum((a - x) ** 2 for a, _ in pairs)


def along(rows, name):
    """The rows of one axis that are measured, all else as in `BASE`."""
    wanted = [BASE | {name: value} for value in AXES[name]]
    return [row for point in wanted for row in rows if row["point"] == point]


def slopes(rows):
    """Of each axis, the exponents of time a step, of time an update, and of the memory held at the most."""
    found = {}
    for name in AXES:
        some = along(rows, name)
        if len(some) < FEWEST_POINTS:
            continue
        found[name] = {
            "step": slope(some, name, lambda row: row["microseconds"]),
            "update": slope(some, name, lambda row: row["microseconds"] * steps_of(row["point"])),
            "memory": slope(some, name, lambda row: row["check_mib"]),
        }
    return found


def steps_of(point):
    """Time steps of an update, of all sequences and replicates."""
    return (point["gap"] + 1) * point["replicates"] * point["batch_size"]


def words(point):
    """What differs from `BASE`."""
    other = [f"{name.replace('_size', '')} {value:,}" for name, value in point.items() if BASE[name] != value]
    return ", ".join(other) or "the base"


def line(row):
    """A line of the table."""
    checked = (f"{row['check_seconds']:.2g}", f"{row['check_mib']:,.0f}") if "check_mib" in row else ("hours", "-")
    cells = [words(row["point"]), f"{row['microseconds']:.3g}", checked[0], f"{row['compile_seconds']:.1f}"]
    cells += [f"{row['start_mib']:,.0f}", f"{row['train_mib']:,.0f}", checked[1]]
    return f"| {' | '.join(cells)} |"


def table(rows):
    """Returns the lines of `growth.md`: every point, and the slopes."""
    base = ", ".join(f"{name.replace('_size', '')} {value}" for name, value in BASE.items())
    lines = ["# Growth", "", "Made by `python experiments/speed/growth.py` from `growth.json`; LSTM, softmax, fresh"]
    lines += [f"fillers, loss at the recall step. The base is {base}.", ""]
    lines += ["![time and memory over each axis](growth.svg)", "", "| settings | microseconds a step, sequence and "]
    lines[-1] += "replicate | first check, seconds | compile, seconds | started, MiB | trained | checked |"
    lines += ["|---|---|---|---|---|---|---|", *map(line, rows), ""]
    lines += ["Fitted exponents (1 is linear): time of an update, time a step, and peak memory, which starts with what"]
    lines += [
        "TensorFlow takes.",
        "",
        "| axis | from, to | an update | a step | peak memory |",
        "|---|---|---|---|---|",
    ]
    for name, one in slopes(rows).items():
        ends = ", ".join(f"{along(rows, name)[at]['point'][name]:,}" for at in (0, -1))
        cells = [name.replace("_size", ""), ends, *(f"{one[key]:.2f}" for key in ("update", "step", "memory"))]
        lines.append(f"| {' | '.join(cells)} |")
    if missing := [words(point) for point in points() if point not in [row["point"] for row in rows]]:
        lines += ["", f"Not measured yet: {'; '.join(missing)}."]
    return lines


def draw(rows):
    """Draws both figures over each axis."""
    import altair as alt

    from seqmem.pictures.look import LIGHT

    axes = {name: name.replace("_size", "") for name in AXES}
    drawn = [
        {"axis": axes[name], "x": row["point"][name], "y": row[field], "of": of}
        for name in AXES
        for row in along(rows, name)
        for field, of in (("microseconds", "microseconds a step"), ("check_mib", "peak memory, MiB"))
    ]
    panels = [
        alt.Chart(alt.Data(values=[row for row in drawn if row["of"] == of]), width=320, height=260)
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(type="log"), title="replicates, gap, alphabet, units or batch"),
            y=alt.Y("y:Q", scale=alt.Scale(type="log"), title=of),
            color=alt.Color("axis:N", sort=list(axes.values()), scale=alt.Scale(range=list(LIGHT.series)), title=None),
        )
        for of in ("microseconds a step", "peak memory, MiB")
    ]
    picture = alt.hconcat(*panels).configure(**LIGHT.config())
    picture.save(HERE / "growth.svg")


def main():
    """Measures what is missing and makes table and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--point", help=argparse.SUPPRESS)
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    asked = parser.parse_args()
    if asked.point:
        print(json.dumps(measure(json.loads(asked.point))))
        return
    file = HERE / "growth.json"
    measured = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    found = {json.dumps(row["point"]): row for row in measured}
    for point in points():
        if json.dumps(point) not in found and not asked.draw:
            found[json.dumps(point)] = {"point": point, **in_a_process(point)}
            print(line(found[json.dumps(point)]), flush=True)
            file.write_text(json.dumps(list(found.values()), indent=1) + "\n", encoding="utf-8")
    rows = [found[key] for key in map(json.dumps, points()) if key in found]
    file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (HERE / "growth.md").write_text("\n".join(table(rows)) + "\n", encoding="utf-8")
    draw(rows)


if __name__ == "__main__":
    main()
