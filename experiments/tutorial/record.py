"""Runs every command of this folder's README, records what each prints, and fills the README's tables.

A command's output goes to the file that stands behind it. Results are recorded as JSON, and the tables made from them.

python experiments/tutorial/record.py [--tables]
"""

import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = re.compile(r"^(seqmem .*?)\s{2,}(\S+\.txt)$", re.MULTILINE)
TABLE = re.compile(r"(<!-- results: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
# Which runs each file of results keeps, as (directory, preset).
KEPT = {
    "claim.json": r"--out runs/((\S+)-100) ",
    "presets.json": r"--preset \S+ --replicates 20 --quiet --out runs/((\S+)) ",
}
COLUMNS = (
    "preset",
    "solved",
    "remember",
    "95 % interval",
    "all steps right",
    "recall accuracy",
    "without memory",
    "recipe limit",
    "recall loss",
    "without memory",
    "recipe limit",
    "presentations to success",
    "verdict",
)


def commands(text):
    """Returns the commands of a README in their order, each with the name of the file that keeps what it prints."""
    return COMMAND.findall(text)


def printed(command, folder):
    """Runs a command in a folder of its own runs; returns what it prints on 80 columns without colour."""
    plain = {"NO_COLOR": "1", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    paths = os.pathsep.join([str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")])
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(
        words, cwd=folder, env=os.environ | plain | {"PYTHONPATH": paths}, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode("utf-8")


def found(result):
    """What a table needs of a result, as plain values."""
    of_recipe = result.get("recipe_limit") or {"recall_accuracy": 1.0, "recall_loss": 0.0}
    figures = dict(result["summary"])
    figures["all_right"] = sum(one["settled_accuracy"] == 1.0 for one in result["replicates"])
    for name in ("recall_accuracy", "recall_loss"):
        values = [one[name] for one in result["replicates"]]
        figures[name] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
        figures[name] |= {"without_memory": result["baseline"][name], "recipe_limit": of_recipe[name]}
    return figures


def row(name, one):
    """Returns the cells of a run, in the order of COLUMNS."""
    low, high = one["interval"]
    accuracy, loss = one["recall_accuracy"], one["recall_loss"]
    spread = one["presentations_to_success"]
    when = f"{spread['median']:,.0f} ({spread['min']:,.0f} to {spread['max']:,.0f})" if spread else "-"
    cells = [f"`{name}`", f"{one['solved']}/{one['replicates']}", str(one["remember"]), f"{low:.2f} to {high:.2f}"]
    cells += [str(one["all_right"])]
    cells += [f"{accuracy[key]:.2f}" for key in ("median", "without_memory", "recipe_limit")]
    cells += [f"{loss[key]:.4f}" for key in ("median", "without_memory", "recipe_limit")]
    return [*cells, when, one["verdict"]]


def filled(text, folder=HERE):
    """Returns a README with every table made anew from the JSON file that it names."""

    def table(place):
        head, name, end = place.groups()
        results = json.loads((folder / name).read_text(encoding="utf-8"))
        lines = [COLUMNS, ["---"] * len(COLUMNS), *(row(*one) for one in results.items())]
        return head + "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + end

    return TABLE.sub(table, text)


def record(text):
    """Runs the commands, and keeps their output, and the results of the runs of each table."""
    with tempfile.TemporaryDirectory() as folder:
        for command, name in commands(text):
            print(command, flush=True)
            (HERE / name).write_text(printed(command, folder), encoding="utf-8")
        for name, pattern in KEPT.items():
            runs = {preset: f"seqmem show runs/{run} --json" for run, preset in re.findall(pattern, text)}
            results = {preset: found(json.loads(printed(command, folder))) for preset, command in sorted(runs.items())}
            (HERE / name).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    readme = HERE / "README.md"
    if sys.argv[1:] != ["--tables"]:
        record(readme.read_text(encoding="utf-8"))
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")
