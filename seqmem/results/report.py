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
        title: What stands above it.
        columns: The headings.
        rows: A cell for each column; the last cell of a shorter row runs on to the end.
        words: How to read it; empty for nothing.
        align: `left` or `right` for each column.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: tuple[str, ...]
    words: str = ""


@dataclasses.dataclass(frozen=True)
class Report:
    """Everything that a report says beside its charts.

    Attributes:
        title: What the result is called.
        question: What was asked.
        answer: The answer, in a sentence or two.
        verdict: The name of the verdict; empty where there is none.
        notes: What one must know to read the answer.
        facts: Phrases by what they describe: task, network, training, budget.
        sequences: Of the task: each symbol with its part as its style; `left_out` where the middle is left out.
        scores: Beside their baselines; None where there are none.
        predictions: What networks predict, one table per sequence.
        outcomes: The replicates or the trials.
        settings: By name.
        versions: Of what it was made with.
        commands: Command lines, each with what it is for; the first makes the result again.
    """

    title: str
    question: str
    answer: str
    verdict: str
    notes: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]
    sequences: tuple[tuple[Cell, ...], ...]
    scores: Table | None
    predictions: tuple[Table, ...]
    outcomes: Table | None
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    commands: tuple[tuple[str, str], ...]
