"""Makes the tables of speed from what was recorded, here and in the README of the repository.

python experiments/speed/pages.py
"""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGES = [HERE / "README.md", HERE.parents[1] / "README.md"]
PLACE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
SHORT = re.compile(r"^\| microseconds \|.*\n(\|.*\n)*", re.MULTILINE)
Record = dict[str, Any]
# The work that the repository's README shows, with its words for it.
SHOWN = {
    "tutorial's update": "an update at every step, as in the tutorial",
    "T=1000, batch 1": "a gradient through 1,000 steps",
}


def median(row: Record, name: str) -> str:
    """Microseconds of a contestant, or a dash where it was not there."""
    times = row["microseconds"].get(name)
    return digits(statistics.median(times)) if times else "-"


def ratio(row: Record, name: str, to: str) -> str:
    """The median of how many times as long one took as another in the same turn."""
    times = row["microseconds"]
    if not {name, to} <= set(times):
        return "-"
    return digits(statistics.median(one / other for one, other in zip(times[name], times[to], strict=True)))


def digits(number: float) -> str:
    """Two digits behind the point, or a whole number where it is large."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


def line(cells: list[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table."""
    return "\n".join([line(heads), line(["---"] * len(heads)), *map(line, rows)]) + "\n"


def everything(record: Record) -> str:
    """All work with all contestants, and how far their losses were apart."""
    peers = ["seqmem", "JAX", "torch", "C"]
    rows = []
    for row in record["rows"]:
        ratios = [ratio(row, "seqmem", other) for other in ("C", "JAX", "torch")]
        apart = f"{max(row['loss_apart'].values()):.0e}"
        rows.append([row["work"], str(row["replicates"]), *(median(row, name) for name in peers), *ratios, apart])
    heads = [*peers, "seqmem / C", "seqmem / JAX", "seqmem / torch", "losses apart"]
    return table(["work", "replicates", *heads], rows)


def with_option(record: Record) -> str:
    """JAX with the option of XLA that seqmem sets."""
    rows = [
        [
            row["work"],
            str(row["replicates"]),
            *(median(row, name) for name in ("seqmem", "JAX")),
            ratio(row, "seqmem", "JAX"),
        ]
        for row in record["rows"]
    ]
    return table(["work", "replicates", "seqmem", "JAX", "seqmem / JAX"], rows)


def short(record: Record) -> str:
    """What the README of the repository shows."""
    peers = ["tutorial's loop", "one long fit", "torch", "JAX", "C", "seqmem"]
    rows = []
    for row in record["rows"]:
        if row["work"] in SHOWN:
            replicates = f"{row['replicates']} replicate{'s' * (row['replicates'] > 1)}"
            rows.append([f"{SHOWN[row['work']]}, {replicates}", *(median(row, name) for name in peers)])
    heads = ["the tutorial's loop", "one long `fit`", "PyTorch", "JAX", "hand-written C", "seqmem"]
    return table(["microseconds", *heads], rows)


def machine(record: Record) -> str:
    """Which machine, and with what."""
    known = record["machine"]
    names = {"tensorflow": "TensorFlow", "keras": "Keras", "jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}
    versions = ", ".join(f"{word} {known[name]}" for name, word in names.items())
    return f"{known['date']}, one core of {known['processor']}; {versions}; {known['compiler']}.\n"


def filled(text: str) -> str:
    """Returns a page with every table made again."""
    record, option = (
        json.loads((HERE / name).read_text(encoding="utf-8")) for name in ("speed.json", "same-option.json")
    )
    made = {"speed": everything(record), "machine": machine(record), "option": with_option(option)}
    text = SHORT.sub(lambda _: short(record), text)
    return PLACE.sub(lambda place: place[1] + made[place[2]] + place[3] if place[2] in made else place[0], text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
