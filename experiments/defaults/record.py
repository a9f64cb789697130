"""Trains with the defaults over gaps, fillers, cues and cells, and records how many of 20 replicates are solved.

python experiments/defaults/record.py [--runs DIR]

Runs that are there already are not trained again.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GAPS = (3, 5, 10, 11, 30, 100, 300, 1000)
COMMANDS = [
    *(f"--gap {gap} --fillers {fillers}" for fillers in ("ordered", "fixed", "fresh") for gap in GAPS),
    *(f"--gap {gap} --cues {cues} --fillers fresh" for cues in (4, 10) for gap in (3, 10, 30)),
    *(f"--gap {gap} --cell {cell} --fillers fresh" for cell in ("gru", "rnn") for gap in (3, 10, 30, 100)),
    "--gap 3:30 --fillers fresh",
]
# The recipe was chosen on seeds from 1000 on.
COMMON = "--replicates 20 --seed 0"


def train(words, out):
    """Returns the result and the seconds of a run, which is trained where it is not there yet."""
    if not (out / "result.json").exists():
        command = [sys.executable, "-m", "seqmem", "train", *words.split(), "--quiet", "--out", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    result, timing = (json.loads((out / name).read_text(encoding="utf-8")) for name in ("result.json", "timing.json"))
    return result, timing["total"]


def row(words, result, seconds):
    """What is recorded of a run."""
    config = result["config"]
    names = ("loss_at", "init", "alphabet_size", "presentations", "epochs")
    return {
        "command": f"seqmem train {words}",
        "recipe": {name: config[name] for name in names if name in config},
        "summary": result["summary"],
        "seconds": round(seconds),
    }


def line(found):
    """A line of the README's table."""
    summary, spread = found["summary"], found["summary"]["presentations_to_success"]
    low, high = summary["interval"]
    when = f"{spread['median']:,.0f}" if spread else "-"
    when += f" ({spread['min']:,} to {spread['max']:,})" if spread and spread["min"] < spread["max"] else ""
    cells = [f"`{found['command']}`", found["recipe"]["loss_at"], f"{summary['solved']} of {summary['replicates']}"]
    cells += [f"{low:.2f} to {high:.2f}", str(summary["remember"]), when, str(found["seconds"])]
    return f"| {' | '.join(cells)} |"


def table(rows):
    """Returns the lines of the README's table."""
    head = "| command | loss at | solved | 95 % interval | remember | presentations to success | seconds |"
    return [head, "|---|---|---|---|---|---|---|", *map(line, rows)]


def main():
    """Records every command and fills the README's table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/defaults"), help="where the runs are kept")
    runs = parser.parse_args().runs
    rows = []
    for command in COMMANDS:
        words = f"{command} {COMMON}"
        rows.append(row(words, *train(words, runs / command.strip("-").replace(" --", "-").replace(" ", ""))))
        print(line(rows[-1]), flush=True)
    (HERE / "rows.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- table -->\n")
    text = head + "<!-- table -->\n" + "\n".join(table(rows)) + "\n<!-- end -->" + rest.partition("<!-- end -->")[2]
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
