"""Fills the tables of an experiment's README from its recorded data, so that no figure is typed by hand.

A table stands between `<!-- rows: sweep.csv -->` or `<!-- grid: sweep.csv solved -->` and `<!-- end -->`.

python experiments/tables.py experiments/tuning
"""

import csv
import re
import sys
import tomllib
from pathlib import Path

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import recipe_limit

PLACE = re.compile(r"(<!-- (rows|grid): (\S+?)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)
# The columns beside the axes, which stand between them: what is told of a trial, and the first of what was found.
TOLD, FIRST_FOUND = ("trial", "status", "reason"), ("verdict", "replicates")


def filled(text, folder):
    """Returns the text of a README with every table made again from the data in its folder."""

    def table(place):
        head, kind, name, measure, end = place.groups()
        axes, trials = read_trials(folder / name)
        lines = grid(axes, trials, CELLS[measure]) if kind == "grid" else rows(axes, trials)
        return head + "\n".join(lines) + "\n" + end

    return PLACE.sub(table, text)


def read_trials(path):
    """Returns the names of the axes, and the trials in the order of the plan, each a dictionary of text.

    With what its settings say added as `recipe_limit`: the recall accuracy that nothing can pass which sees what the
    recipe shows it.
    """
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames)
        trials = sorted(reader, key=lambda trial: int(trial.get("trial", 0)))
    end = min(columns.index(name) for name in FIRST_FOUND if name in columns)
    axes = [name for name in columns[:end] if name not in TOLD]
    if path.with_suffix(".toml").exists():
        settings = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
        settings.pop("vary")
        for trial in trials:
            trial["recipe_limit"] = recipe_recall(settings | {name: trial[name] for name in axes})
    return axes, trials


def recipe_recall(settings):
    """Returns the highest recall accuracy that a recipe can reach, 1 where it shows all."""
    config = RunConfig.from_settings({name: value for name, value in settings.items() if value != "none"})
    baseline = recipe_limit(config.task, config.seeds, config.head, config.layout, config.cell.keeps_state)
    return 1.0 if baseline is None else baseline.recall_accuracy


def rows(axes, trials):
    """Returns the lines of a table with one line per trial."""
    limited = any(trial["recipe_limit"] < 1 for trial in trials)
    columns = [name.replace("_", " ") for name in axes]
    columns += ["solved", "remember", "success rate, 95 % interval", "recall accuracy, median", "recall baseline"]
    columns += ["recipe limit"] if limited else []
    columns += ["recall loss, median", "loss baseline", "presentations to success", "verdict"]
    lines = [line(columns), line(["---"] * len(columns))]
    for trial in trials:
        cells = [trial[name] for name in axes] + [solved(trial), trial["remember"], interval(trial), recall(trial)]
        cells += [f"{float(trial['recall_accuracy_baseline']):.4g}"]
        cells += [f"{trial['recipe_limit']:.4g}"] if limited else []
        cells += [digits(trial["recall_loss"], 4), digits(trial["recall_loss_baseline"], 4)]
        lines.append(line([*cells, presentations(trial), trial["verdict"]]))
    return lines


def grid(axes, trials, cell):
    """Returns the lines of a table with the first axis down and the second across."""
    down, across = axes
    heads = list(dict.fromkeys(trial[across] for trial in trials))
    found = {(trial[down], trial[across]): cell(trial) for trial in trials}
    corner = f"{down} \\ {across}".replace("_", " ")
    lines = [line([corner, *heads]), line(["---"] * (len(heads) + 1))]
    return lines + [
        line([one, *(found[one, head] for head in heads)]) for one in dict.fromkeys(trial[down] for trial in trials)
    ]


def line(cells):
    """Returns a line of a table."""
    return f"| {' | '.join(cells)} |"


def solved(trial):
    """Replicates solved, of how many."""
    return f"{trial['solved']}/{trial['replicates']}"


def interval(trial):
    """The success rate with its Wilson interval."""
    rate, low, high = (digits(trial[f"success_rate{end}"], 2) for end in ("", "_low", "_high"))
    return f"{rate} [{low}, {high}]"


def recall(trial):
    """Recall accuracy: the median, with the lowest and the highest replicate where they differ."""
    middle, low, high = (digits(trial[f"recall_accuracy{end}"], 2) for end in ("", "_low", "_high"))
    return middle if low == high else f"{middle} ({low} to {high})"


def presentations(trial):
    """Presentations to success of the replicates solved: the median, with the lowest and the highest."""
    if not trial["presentations_to_success"]:
        return "-"
    middle, low, high = (f"{float(trial[f'presentations_to_success{end}']):,.0f}" for end in ("", "_low", "_high"))
    return middle if low == high else f"{middle} ({low} to {high})"


def digits(number, count):
    """A number with so many digits behind the point; a dash where there is none."""
    return "-" if number in ("", None) else f"{float(number):.{count}f}"


CELLS = {
    "solved": lambda trial: f"{solved(trial)} [{interval(trial).partition('[')[2]}",
    "remember": lambda trial: trial["remember"],
    "presentations": presentations,
    "recall": recall,
    "limit": lambda trial: f"{trial['recipe_limit']:.4g}",
}


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        readme = Path(argument) / "README.md"
        readme.write_text(filled(readme.read_text(encoding="utf-8"), readme.parent), encoding="utf-8")
