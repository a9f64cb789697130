"""Trains the preset `long-gap` over gaps of 1,000 to 100,000 fresh fillers, and records what it took.

python experiments/long-gaps/record.py [--runs DIR] [GAP ...]

Rows that are recorded already stay, unless their gap is named.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
REPLICATES = {1_000: 10, 10_000: 10, 100_000: 3}
BUDGET = {100_000: " --presentations 1000 --check-every 50"}  # a longer one takes more than an hour


def command(gap):
    """The words of a row."""
    return f"train --preset long-gap --gap {gap} --replicates {REPLICATES[gap]}{BUDGET.get(gap, '')}"


def peak_memory(words):
    """Runs seqmem, and returns the most memory that it held, in MiB."""
    child = subprocess.Popen([sys.executable, "-m", "seqmem", *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"seqmem {' '.join(words)}: exit status {child.returncode}")
    return round(used.ru_maxrss / 1024)


def row(gap, out):
    """Trains, and returns what is recorded."""
    peak = peak_memory([*command(gap).split(), "--quiet", "--out", str(out)])
    result, timing = (json.loads((out / name).read_text(encoding="utf-8")) for name in ("result.json", "timing.json"))
    summary = result["summary"]
    names = ("solved", "remember", "replicates", "interval", "presentations_to_success")
    seconds = {name: round(timing[name], 1) for name in ("start", "compile", "train", "check", "evaluate", "total")}
    return {
        "command": f"seqmem {command(gap)}",
        "gap": gap,
        **{name: summary[name] for name in names},
        "time_steps": result["cost"]["time_steps"],
        "seconds": seconds,
        "peak_mib": peak,
    }


def line(found):
    """A line of the README's table."""
    spread, seconds = found["presentations_to_success"], found["seconds"]
    when = "-"
    if spread:
        when = f"{spread['median']:,.0f} ({spread['min']:,} to {spread['max']:,})"
    low, high = found["interval"]
    cells = [f"`{found['command']}`", f"{found['solved']} of {found['replicates']}", f"{low:.2f} to {high:.2f}", when]
    cells += [f"{seconds['total'] / 60:.1f}", f"{seconds['train'] / 60:.1f}"]
    cells += [f"{(seconds['check'] + seconds['evaluate']) / 60:.1f}", f"{found['peak_mib']:,}"]
    return f"| {' | '.join(cells)} |"


def table(rows):
    """Returns the lines of the README's table."""
    columns = ["command", "solved", "95 % interval", "presentations to success, median (range)", "minutes"]
    columns += ["of these training", "checks and report", "peak memory, MiB"]
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *map(line, rows)]


def fill(rows):
    """Writes the README's table."""
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- table -->\n")
    end = "\n<!-- end -->" + rest.partition("<!-- end -->")[2]
    readme.write_text(head + "<!-- table -->\n" + "\n".join(table(rows)) + end, encoding="utf-8")


def main():
    """Records the rows that are missing, one at a time, and fills the README's table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gaps", nargs="*", type=int, help="rows to record, again where they are there")
    parser.add_argument("--runs", type=Path, default=Path("runs/long-gaps"), help="where the runs are kept")
    parser.add_argument("--draw", action="store_true", help="record nothing, and fill the README's table again")
    asked = parser.parse_args()
    file = HERE / "rows.json"
    rows = {one["gap"]: one for one in (json.loads(file.read_text(encoding="utf-8")) if file.exists() else [])}
    missing = [] if asked.draw else asked.gaps or [gap for gap in REPLICATES if gap not in rows]
    for gap in missing:
        rows[gap] = row(gap, asked.runs / str(gap))
        print(line(rows[gap]), flush=True)
        file.write_text(json.dumps([rows[gap] for gap in sorted(rows)], indent=1) + "\n", encoding="utf-8")
    fill([rows[gap] for gap in sorted(rows)])


if __name__ == "__main__":
    main()
