"""Runs an experiment's sweeps, and records data, pictures and tables in its folder. Sweeps that have ended are kept.

python experiments/record.py tuning [--runs DIR]
"""

import argparse
import csv
import statistics
import subprocess
import sys
from pathlib import Path

from tables import filled

from seqmem.judge.verdict import wilson_interval

HERE = Path(__file__).parent
# What a command line must say beside the file: a cell of one's own is imported only where it is typed.
TYPED = {"cells/own": ["--cell", "experiments.cells.keeper:Keeper"]}
# Sweeps whose trials are judged again on fresh fillers over these gaps.
JUDGED = {"random-sequences": (3, 10, 30, 100)}
# A replicate generalises where it has at least this share of recalls right, of 256 sequences.
RIGHT = 0.99


def run_sweep(file, runs):
    """Runs what is missing of a sweep; returns its directory."""
    name = f"{file.parent.name}/{file.stem}"
    out = runs / name.replace("/", "-")
    where = ["--resume", str(out)] if (out / "plan.json").exists() else ["--out", str(out)]
    seqmem("sweep", str(file), *TYPED.get(name, []), *where)
    return out


def seqmem(*words):
    """Runs a command of seqmem from the root of the repository, where a cell of one's own is found."""
    print("seqmem", *words, flush=True)
    subprocess.run([sys.executable, "-m", "seqmem", *words], check=True, cwd=HERE.parent)


def export(sweep, file):
    """Writes what a sweep found beside its settings, as data and as the terminal draws it."""
    for suffix, drawn in ((".csv", []), (".svg", ["--chart", "terminal"])):
        file.with_suffix(suffix).unlink(missing_ok=True)
        seqmem("export", str(sweep), *drawn, "--to", str(file.with_suffix(suffix)))


def judge_again(sweep, file, gaps):
    """Judges each trial of a sweep on fresh fillers over other gaps, as `seqmem eval` does; writes a CSV file."""
    from seqmem.experiment.evaluate import evaluate
    from seqmem.storage.sweep_directory import read_sweep

    with file.with_name(f"{file.stem}-judged.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        ends = ("", "_low", "_high")
        columns = ["replicates", "solved", "remember", *(f"success_rate{end}" for end in ends)]
        columns += [f"recall_accuracy{end}" for end in ends]
        writer.writerow(["trained_on", "gap", *columns, "cue_accuracy", "recall_accuracy_baseline"])
        for trial in read_sweep(sweep).trials:
            pool, gap = trial.values["pool"], trial.values["gap"]
            words = f"{'fresh strings' if pool is None else f'pool of {pool}'}, gap {str(gap).replace(':', ' to ')}"
            for one in evaluate(sweep / "trials" / trial.name, gaps=gaps, fillers="fresh").gaps:
                accuracies = sorted(one.recall_accuracy)
                count, right = len(accuracies), sum(accuracy >= RIGHT for accuracy in accuracies)
                counts = [count, right, sum(one.remembers)]
                rates = [right / count, *wilson_interval(right, count)]
                spread = [statistics.median(accuracies), accuracies[0], accuracies[-1]]
                cues = statistics.median(one.cue_accuracy)
                writer.writerow([words, one.gap, *counts, *rates, *spread, cues, one.baseline])


def main():
    """Records one experiment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment", help="name of a folder")
    parser.add_argument("--runs", type=Path, default=Path("runs/experiments"), help="where the runs are kept")
    asked = parser.parse_args()
    folder = HERE / asked.experiment
    runs = asked.runs.resolve()
    for file in sorted(folder.glob("*.toml")):
        sweep = run_sweep(file, runs)
        export(sweep, file)
        if folder.name in JUDGED:
            judge_again(sweep, file, JUDGED[folder.name])
    readme = folder / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8"), folder), encoding="utf-8")


if __name__ == "__main__":
    main()
