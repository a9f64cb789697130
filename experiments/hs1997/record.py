"""Trains the networks of Tables 2 and 3 of Hochreiter and Schmidhuber 1997, row by row, and records the trials.

python experiments/hs1997/record.py [ROW ...] [--runs DIR]

A row is a run of its own, which goes on where it was broken off; one that is complete is not trained again. Without
rows, the README's tables are made from what is recorded.
"""

import argparse
import json
import re
import statistics
import time
from pathlib import Path

import safetensors

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run
from seqmem.judge.verdict import wilson_interval
from seqmem.storage.load import read_stored
from seqmem.storage.run_directory import create_run_directory

HERE = Path(__file__).parent
# Microseconds per time step of one trial, on one core, by cell: the time of a row is reported before it starts.
STEP = {"lstm1997": 0.25, "lstm": 5.0}
# Table 3: steps from x or y to the trigger at least (q), distractors (p), sequences to success.
TABLE_3 = {
    (50, 50): 30_000,
    (100, 100): 31_000,
    (200, 200): 33_000,
    (500, 500): 38_000,
    (1000, 1000): 49_000,
    (1000, 500): 49_000,
    (1000, 200): 75_000,
    (1000, 100): 135_000,
    (1000, 50): 203_000,
}
GATES = "--recurrence gates"
SHIFTED = "--gate-start -3 --cell-joins plateau"
# What one would do today; the rest is seqmem's default: Keras' LSTM, chrono start, Adam, BPTT over whole sequences.
LARGE = "--units 20 --learning-rate 0.003 --clip-norm 1 --confirm 10000"
SMALL = "--units 4 --learning-rate 0.01 --clip-norm 1 --criterion error:0.2 --confirm 10000"


def rows():
    """Returns the words of each row by its name, with the paper's sequences to success; None where it has none."""
    table = {
        "2a": ("--preset hs1997-2a --replicates 18", 5_040),
        "2a-variant": (f"--preset hs1997-2a {SHIFTED} --learning-rate 4 --replicates 18", 5_040),
        "2b": ("--preset hs1997-2b --presentations 56800 --replicates 18", 5_680),
        "2b-variant": (
            f"--preset hs1997-2b --loss-at recall {SHIFTED} --learning-rate 6 --replicates 18",
            5_680,
        ),
    }
    # the same again, but a check may pass only after 1,000 training sequences in a row
    for name, (words, paper) in list(table.items()):
        table[f"{name}-lasting"] = (f"{words} --streak 1000", paper)
    table |= {
        "2a-modern": (
            f"--experiment 2a --lag 100 {LARGE} --loss-at balanced --presentations 20000 --check-every 10"
            " --replicates 18",
            5_040,
        ),
        "2b-modern": (
            f"--experiment 2b --lag 100 {LARGE} --presentations 20000 --check-every 200 --replicates 18",
            5_680,
        ),
    }
    for (lag, distractors), paper in TABLE_3.items():
        size = f"--lag {lag} --distractors {distractors}"
        words = f"--preset hs1997-2c {size}"
        budget = f"--presentations {5 * paper if lag < 1000 else 3 * paper}"
        # 20 of these would take more than an hour
        few = 5 if (lag, distractors) in ((1000, 100), (1000, 50)) else 20
        table[f"2c-{lag}-{distractors}-variant"] = (f"{words} {GATES} {budget} --replicates {few}", paper)
        trials, times = (20, 10) if lag <= 100 else (5, 10 if lag < 1000 else 5)
        modern = f"--experiment 2c {size} {SMALL} --presentations 5000 --check-every 20 --replicates 20"
        table[f"2c-{lag}-{distractors}-modern"] = (modern, paper)
        table[f"2c-{lag}-{distractors}"] = (f"{words} --presentations {times * paper} --replicates {trials}", paper)
    return table


def settings_of(words):
    """Returns the settings that words of a command give: a preset, if any, and options on top."""
    parts = words.split()
    options = dict(zip(parts[::2], parts[1::2], strict=True))
    preset = options.pop("--preset", None)
    return (read_preset(preset) if preset else {}) | {
        name.removeprefix("--").replace("-", "_"): value for name, value in options.items()
    }


def trained(words, folder):
    """Returns the config, result and training streaks of a row, and the seconds it took; goes on with what is there."""
    config = RunConfig.from_settings(settings_of(words))
    if not (folder / "result.json").exists():
        average = config.task.lag + (11 if config.task.experiment == "2c" else 0)
        longest = config.budget * average * config.replicates * STEP[config.cell.name] * 1e-6
        print(f"{folder.name}: {config.budget:,} sequences at most, {longest / 60:.0f} minutes", flush=True)
        started = time.monotonic()
        run = Run.resume(folder) if folder.exists() else Run(config, create_run_directory(config, folder))
        with run:
            for _ in run:
                pass
        with (folder / "seconds").open("a", encoding="utf-8") as file:
            file.write(f"{time.monotonic() - started:.0f}\n")
    seconds = sum(int(line) for line in (folder / "seconds").read_text(encoding="utf-8").split())
    newest = max((folder / "checkpoints").iterdir(), key=lambda path: path.stat().st_mtime)
    with safetensors.safe_open(newest, framework="numpy") as file:
        state = json.loads(file.metadata()["state"])
    return read_stored(folder).result, state, seconds


def row(name, words, paper, folder):
    """Returns what is recorded of a row."""
    result, state, seconds = trained(words, folder)
    streaks = state["state"]["accounts"]["streak"]
    trials = [
        {
            "seed": each.seed,
            "sequences": each.presentations,
            "met_at": each.met_at,
            "lasting_from": each.presentations - streak if each.met_at is not None and streak >= 1000 else None,
            "remembers": each.remembers,
        }
        for each, streak in zip(result.replicates, streaks, strict=True)
    ]
    return {
        "row": name,
        "command": f"seqmem train {words}",
        "paper": paper,
        "weights": result.config.parameter_count,
        "budget": result.config.budget,
        "time_steps": result.cost["time_steps"],
        "seconds": seconds,
        "trials": trials,
    }


def spread(counts):
    """Mean, median and range of counts, as text."""
    if not counts:
        return "-"
    mean, median = statistics.mean(counts), statistics.median(counts)
    return f"{mean:,.0f} ({median:,.0f}; {min(counts):,} to {max(counts):,})"


def line(found):
    """A line of the README's tables."""
    met = [trial["met_at"] for trial in found["trials"] if trial["met_at"] is not None]
    lasting = [trial["lasting_from"] for trial in found["trials"] if trial["lasting_from"] is not None]
    low, high = wilson_interval(len(met), len(found["trials"]))
    solved = f"{len(met)} of {len(found['trials'])} ({low:.2f} to {high:.2f})"
    minutes = f"{found['seconds'] / 60:.1f}"
    cells = [
        f"`{found['command']}`",
        str(found["weights"]),
        f"{found['paper']:,}",
        solved,
        spread(met),
        spread(lasting),
    ]
    return f"| {' | '.join([*cells, minutes])} |"


def recorded(names):
    """Returns the rows named that are recorded, by name."""
    files = {name: HERE / f"{name}.json" for name in names}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in files.items() if path.exists()}


def times_fewer(name, found):
    """How many times fewer sequences than the paper's and our variant's, as text; means of the trials that learn."""

    def mean(row):
        return statistics.mean(trial["met_at"] for trial in row["trials"] if trial["met_at"] is not None)

    variant = recorded([name.replace("-modern", "-variant")])
    ours = ", ".join(f"{mean(row) / mean(found):,.1f}" for row in variant.values())
    return f"{found['paper'] / mean(found):,.1f} ({ours or '-'})"


def table(names):
    """Returns the lines of a table: those of the rows named that are recorded."""
    rows_of = recorded(names)
    if all(name.endswith("-modern") for name in names):
        head = "| command | weights | paper | solved (95 %) | sequences to success: mean (median; range) | min |"
        lines = [
            # no row of theirs asks for a streak, so none has a lasting success
            f"{line(found).replace(' - |', '', 1)} {times_fewer(name, found)} |"
            for name, found in rows_of.items()
        ]
        return [f"{head} times fewer than the paper (than the variant) |", "|---|---|---|---|---|---|---|", *lines]
    head = "| command | weights | paper | solved (95 %) | sequences to success: mean (median; range) | lasting | min |"
    return [head, "|---|---|---|---|---|---|---|", *map(line, rows_of.values())]


def filled(text):
    """Returns the README with each table made again from what is recorded; a table names its rows by a pattern."""

    def lines(place):
        head, pattern, end = place.groups()
        return head + "\n".join(table([name for name in rows() if re.fullmatch(pattern, name)])) + "\n" + end

    return re.sub(r"(<!-- rows: (\S+) -->\n).*?(<!-- end -->)", lines, text, flags=re.DOTALL)


def main():
    """Records the rows named, and makes the README's tables."""
    known = rows()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("row", nargs="*", choices=[[], *known], help="rows to record")
    parser.add_argument("--runs", type=Path, default=Path("runs/hs1997"), help="where the runs are kept")
    wanted = parser.parse_args()
    for name in wanted.row:
        words, paper = known[name]
        found = row(name, words, paper, wanted.runs / name)
        (HERE / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(line(found), flush=True)
    readme = HERE / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
