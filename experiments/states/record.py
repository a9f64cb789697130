"""Trains with the defaults over gaps, cells and cues, and records which units of each replicate carry the cue.

python experiments/states/record.py [--runs DIR]

Runs that are there already are not trained again.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import seqmem
from seqmem.export.pages import svg_text

HERE = Path(__file__).parent
COMMANDS = [
    *(f"--gap {gap} --fillers fresh" for gap in (3, 10, 30, 100, 300)),
    *(f"--gap {gap} --cell gru --fillers fresh" for gap in (3, 10, 100)),
    "--gap 3 --cell rnn --fillers fresh",
    "--gap 10 --cues 4 --fillers fresh",
]
REPLICATES = 20
COMMON = f"--replicates {REPLICATES} --seed 0"
PICTURE = "--gap 300 --fillers fresh"


def train(words, out):
    """Trains a run where it is not there yet."""
    if not (out / "result.json").exists():
        command = [sys.executable, "-m", "seqmem", "train", *words.split(), "--quiet", "--out", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def units(states):
    """What is recorded of a replicate."""
    return {
        "remembers": states.intact.remembers,
        "kept_by": list(states.kept_by),
        "units": states.unit_count,
        "telling": sum(unit.above_chance for unit in states.units),
        "recall": states.intact.accuracy,
        "without": states.without.accuracy,
        "alone": states.alone.accuracy if states.alone else None,
    }


def line(row):
    """A line of the README's table, of the replicates that remember."""
    kept = [one for one in row["replicates"] if one["remembers"]]
    named = [one for one in kept if one["kept_by"]]
    counts = [len(one["kept_by"]) for one in named]
    cells = [f"`{row['command']}`", f"{len(kept)}", f"{len(named)}", spread(counts, 0), f"{counts.count(1)}"]
    cells += [spread([one["telling"] for one in kept], 0)]
    cells += [spread([one[name] for one in named], 2) for name in ("without", "alone")]
    return f"| {' | '.join(cells)} |"


def spread(values, digits):
    """The median, with the lowest and the highest where they differ."""
    middle, low, high = (f"{value:.{digits}f}" for value in (statistics.median_low(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def table(rows):
    """Returns the lines of the README's table."""
    columns = ["command", "remember", "named", "carriers", "a single one", "tell the cue", "recall without carriers"]
    columns += ["recall with all others silenced"]
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *map(line, rows)]


def main():
    """Records every command, draws one replicate, and fills the README's table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/states"), help="where the runs are kept")
    runs = parser.parse_args().runs
    rows = []
    for command in COMMANDS:
        out = runs / command.strip("-").replace(" --", "-").replace(" ", "")
        train(f"{command} {COMMON}", out)
        found = [seqmem.evaluate(out, replicate=str(index), states=True).states for index in range(REPLICATES)]
        rows.append({"command": f"seqmem train {command} {COMMON}", "replicates": [units(states) for states in found]})
        print(line(rows[-1]), flush=True)
        if command == PICTURE:
            picture = svg_text(found[0], title="seqmem eval runs/mine --replicate 0 --states")
            (HERE / "states.svg").write_text(picture, encoding="utf-8")
    (HERE / "rows.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- table -->\n")
    text = head + "<!-- table -->\n" + "\n".join(table(rows)) + "\n<!-- end -->" + rest.partition("<!-- end -->")[2]
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
