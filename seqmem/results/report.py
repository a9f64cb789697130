"""A report as plain values: words, tables, sequences."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, and the name of its style, as the terminal calls it."""

    text: str
    style: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        title: Its title.
        columns: The headings.
        rows: A cell for each column; the last cell of a shorter row spans the rest.
        words: How to read it; may be empty.
        align: `left` or `right` for each column.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: tuple[str, ...]
    words: str = ""


@dataclasses.dataclass(frozen=True)
class Report:
    """The content of a report except its charts.

    Attributes:
        title: Name of the result.
        question: The question of the run or sweep.
        answer: The answer, in a sentence or two.
        verdict: The verdict; empty if there is none.
        notes: Notes on the answer.
        facts: Phrases on task, network, training and budget.
        sequences: Sequences of the task: at each step a symbol and the label, if there is one, with their parts as
            styles; `left_out` for an omitted middle.
        legend: How to read the sequences.
        scores: Scores with their baselines; None if there are none.
        predictions: Predictions of networks, one table per sequence.
        outcomes: The replicates or the trials.
        settings: The settings by name.
        versions: Versions of the software, and the machine.
        commands: Command lines, each with its purpose; the first makes the result again.
    """

    title: str
    question: str
    answer: str
    verdict: str
    notes: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]
    sequences: tuple[tuple[tuple[Cell, ...], ...], ...]
    legend: str
    scores: Table | None
    predictions: tuple[Table, ...]
    outcomes: Table | None
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    commands: tuple[tuple[str, str], ...]
