"""Columns of runs and trials, the same for the eye and for a program."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.errors import UsageError, did_you_mean
from seqmem.results.summary import METRICS, SPREADS, RunSummary

Row = dict[str, Any]
# The column is read as little as can be, and of two marks the longer one first, so that >= is no > before =1.
CONDITION = re.compile(r"(.+?)(==|!=|<=|>=|=|<|>)(.*)")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

OUTCOMES = (
    *("verdict", "solved", "remember", "memoryless", "diverged", "success_rate", "presentations_to_success"),
    "recall_baseline",
)
# Of a trial in the CSV of a sweep, after its values: a measure with its range, and at the end the baselines.
TRIAL_COLUMNS = (
    *("verdict", "replicates", "solved", "remember", "memoryless", "diverged"),
    *(
        f"{name}{end}"
        for name in ("success_rate", "presentations_to_success", *SPREADS)
        for end in ("", "_low", "_high")
    ),
    *(f"{name}_baseline" for name in SPREADS),
)
# what `--where`, `--sort`, `--csv` and `--json` know; only `SHOWN` is drawn
COLUMNS = ("run", "status", "task", *setting_fields(), *OUTCOMES, *METRICS)


@dataclasses.dataclass(frozen=True)
class ShownColumn:
    """A column on the screen.

    Attributes:
        title: Stands above it.
        name: What it shows: a name in a row.
        kind: How that is drawn: `verdict`, `count`, `share` (of the replicates), `rate` and `range` (with both ends),
            `recall` (a score that is marked where it is luck), `score`, `loss`, `setting` or `network`.
        listed: Its rank in the list of runs, None where it is not in it. What there is room for is chosen by ranks,
            lowest first; those of one rank stand together or not at all, and rank 0 stands in any case.
        tried: Its rank in the table of trials, behind the measure that ranks them.
    """

    title: str
    name: str
    kind: str
    listed: int | None = None
    tried: int | None = None


SHOWN = (
    ShownColumn("verdict", "verdict", "verdict", listed=0, tried=1),
    ShownColumn("solved", "solved", "share", listed=0, tried=2),
    ShownColumn("remember", "remember", "count", listed=2, tried=3),
    ShownColumn("memoryless", "memoryless", "count", listed=6, tried=7),
    ShownColumn("diverged", "diverged", "count", listed=7, tried=8),
    ShownColumn("success rate [95 %]", "success_rate", "rate", tried=4),
    # recall never stands without its baseline, but in the list, where luck is marked
    ShownColumn("recall", "recall_accuracy", "recall", listed=1, tried=5),
    ShownColumn("baseline", "recall_baseline", "score", tried=5),
    ShownColumn("at", "presentations_to_success", "count", listed=3),
    ShownColumn("presentations", "presentations_to_success", "range", tried=6),
    ShownColumn("gap", "gap", "setting", listed=4),
    ShownColumn("network", "cell", "network", listed=5),
    ShownColumn("fillers", "fillers", "setting", listed=8),
    ShownColumn("recall loss", "recall_loss", "loss", listed=9, tried=9),
    ShownColumn("accuracy", "accuracy", "score", tried=10),
    ShownColumn("loss", "loss", "loss", tried=11),
)


def trial_ranks(measure: str) -> dict[ShownColumn, int]:
    """Returns the columns of a table of trials with their ranks: what the trials are ranked by comes first."""
    # recall and its baseline share a rank, so both move to the front
    first = next((column.tried for column in SHOWN if column.tried and column.name == measure), None)
    return {column: 1 if column.tried == first else 1 + column.tried for column in SHOWN if column.tried is not None}


@dataclasses.dataclass(frozen=True)
class ListedRun:
    """A stored run as a list has it.

    Attributes:
        path: The run directory.
        status: `complete`, `running`, `interrupted` or `corrupt`.
        config: Its settings; None where it is corrupt.
        summary: What became of it; None unless it is complete.
        problem: Why it is corrupt, in one line that names the file.
    """

    path: PurePath
    status: str
    config: RunConfig | None = None
    summary: RunSummary | None = None
    problem: str = ""


def run_row(run: ListedRun) -> Row:
    """Returns a stored run as a row of `COLUMNS`; None where there is no value, and a `problem` where it is corrupt.

    Settings are as a TOML file holds them; presentations to success and metrics are medians over replicates.
    """
    # every row has every column, so that a table or a condition need not ask
    row = dict.fromkeys(COLUMNS) | (run.config.to_settings() if run.config else {})
    row |= {"run": str(run.path), "status": run.status} | ({"problem": run.problem} if run.problem else {})
    outcome = outcome_row(run.summary) if run.summary else {}
    return row | {name: outcome[name] for name in (*OUTCOMES, *METRICS) if outcome}


def outcome_row(summary: RunSummary) -> Row:
    """Returns what became of a run as plain values by name: counts, rate, presentations, medians with their range."""
    # without a recall step there is no rate, and so no interval
    low, high = summary.interval or (None, None)
    # their range is that of the solved replicates alone
    presentations = summary.presentations_to_success or dict.fromkeys(("median", "min", "max"))
    row: Row = summary.outcome() | {
        "success_rate_low": low,
        "success_rate_high": high,
        "presentations_to_success": presentations["median"],
        "presentations_to_success_low": presentations["min"],
        "presentations_to_success_high": presentations["max"],
        "recall_baseline": summary.baseline.recall_accuracy,
    }
    for name, spread in summary.spreads.items():
        values = (spread.median, spread.low, spread.high) if spread else (None, None, None)
        row |= zip((name, f"{name}_low", f"{name}_high"), values, strict=True)
    return row | {f"{name}_baseline": getattr(summary.baseline, name) for name in SPREADS}


def check_column(name: str) -> str:
    """Returns the name of a column; options' dashes are allowed, and the words above the columns that are drawn.

    Raises:
        UsageError: If there is no such column.
    """
    titles = {column.title: column.name for column in SHOWN}
    column = name.strip().replace("-", "_")
    if column not in COLUMNS and column not in titles:
        raise UsageError(f"no such column '{name}'{did_you_mean(column, (*COLUMNS, *titles))}", "column", name)
    return column if column in COLUMNS else titles[column]


@dataclasses.dataclass(frozen=True)
class Condition:
    """What a row must meet: a column compared with a value, numbers as numbers, all else as text."""

    column: str
    sign: str
    value: str

    def met(self, row: Row) -> bool:
        """Tells whether a row meets it; what has no value, or is no number, comes neither before nor after one."""
        cell = row[self.column]
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            shown = " ".join(cell) if isinstance(cell, list) else str(cell)
            plain = cell is None or isinstance(cell, bool)
            # `true` and `none` may be typed in any case; words must be as they stand
            same = shown == self.value or (plain and shown.lower() == self.value.lower())
            return self.sign in ("=", "!=") and same is (self.sign == "=")
        wanted = _number(self.value)
        # a number differs from every word: only != is met
        return COMPARISONS[self.sign](cell, wanted) if wanted is not None else self.sign == "!="


def parse_condition(text: str) -> Condition:
    """Reads a condition such as ``cell=lstm`` or ``recall_accuracy>=0.9``.

    Raises:
        UsageError: If it is none, there is no such column, or what is to be greater or less is no number.
    """
    parts = CONDITION.fullmatch(text)
    if parts is None:
        raise UsageError(f"--where {text}: must be COLUMN=VALUE, or with != < <= > >=", "where", text)
    name, sign, value = parts.groups()
    condition = Condition(check_column(name), "=" if sign == "==" else sign, value.strip())
    # words have no order that a condition could ask for
    if sign[0] in "<>" and _number(condition.value) is None:
        raise UsageError(f"--where {text}: {sign} needs a number", "where", text)
    return condition


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def select(rows: Sequence[Row], conditions: Sequence[Condition]) -> list[Row]:
    """Returns the rows that meet every condition."""
    return [row for row in rows if all(condition.met(row) for condition in conditions)]


def sort(rows: Sequence[Row], column: str, reverse: bool = False) -> list[Row]:
    """Returns the rows in the order of a column, numbers before words; rows without a value come last."""
    # apart from the others: reversed with them, rows without a value would come first
    valued = sorted(
        (row for row in rows if row[column] is not None), key=lambda row: sort_key(row[column]), reverse=reverse
    )
    return valued + [row for row in rows if row[column] is None]


def sort_key(value: object) -> tuple[bool, float, str]:
    """Returns what values are sorted by: numbers come before words."""
    return (False, float(value), "") if isinstance(value, (int, float)) else (True, 0.0, str(value or ""))
