"""Stored runs as rows of one table: filtered, sorted, and the same for the eye and for a program."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from seqmem.config.run_config import setting_fields
from seqmem.errors import UsageError, did_you_mean
from seqmem.judge.metrics import Metrics
from seqmem.results.run import RunResult

Row = dict[str, Any]

OUTCOMES = (
    *("verdict", "solved", "remember", "memoryless", "diverged", "success_rate", "presentations_to_success"),
    "recall_baseline",
)
METRICS = tuple(field.name for field in dataclasses.fields(Metrics))
COLUMNS = ("run", "status", "task", *setting_fields(), *OUTCOMES, *METRICS)


def run_row(stored: Any) -> Row:
    """Returns a stored run as a row of `COLUMNS`; None where there is no value.

    Args:
        stored: What `list_runs` found. A damaged run has the status `corrupt` and a `problem`.

    Returns:
        Settings as a TOML file holds them; presentations to success and metrics as medians over replicates.
    """
    if hasattr(stored, "problem"):
        return dict.fromkeys(COLUMNS) | {"run": str(stored.path), "status": "corrupt", "problem": stored.problem}
    outcome = _outcome(stored.result) if stored.result is not None else {}
    return (
        dict.fromkeys(COLUMNS)
        | stored.config.to_settings()
        | {"run": str(stored.path), "status": stored.status}
        | outcome
    )


def _outcome(result: RunResult) -> Row:
    summary = result.summary
    spread = summary.presentations_to_success
    return {
        "verdict": summary.verdict,
        "solved": summary.solved,
        "remember": summary.remember,
        "memoryless": summary.memoryless,
        "diverged": summary.diverged,
        "success_rate": summary.success_rate,
        "presentations_to_success": spread and spread["median"],
        "recall_baseline": result.baseline.recall_accuracy,
        **{name: _median(getattr(one.metrics, name) for one in result.replicates) for name in METRICS},
    }


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def check_column(name: str) -> str:
    """Returns the name of a column as it is in the table; options' dashes are allowed.

    Raises:
        UsageError: If there is no such column.
    """
    column = name.strip().replace("-", "_")
    if column not in COLUMNS:
        raise UsageError(f"no such column '{name}'{did_you_mean(column, COLUMNS)}")
    return column


def parse_condition(text: str) -> tuple[str, str]:
    """Returns column and value of a condition ``column=value``.

    Raises:
        UsageError: If there is no `=`, or no such column.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--where {text}: must be column=value")
    return check_column(name), value.strip()


def select(rows: Sequence[Row], conditions: Sequence[tuple[str, str]]) -> list[Row]:
    """Returns the rows that meet every condition; numbers are compared as numbers."""
    return [row for row in rows if all(_equal(row[column], value) for column, value in conditions)]


def _equal(found: Any, wanted: str) -> bool:
    if isinstance(found, bool) or found is None:
        return str(found).lower() == wanted.lower()
    if isinstance(found, (int, float)):
        try:
            return found == float(wanted)
        except ValueError:
            return False
    return (" ".join(found) if isinstance(found, list) else str(found)) == wanted


def sort(rows: Sequence[Row], column: str, reverse: bool = False) -> list[Row]:
    """Returns the rows in the order of a column, numbers before words; rows without a value come last."""
    known = sorted((row for row in rows if row[column] is not None), key=lambda row: _key(row[column]), reverse=reverse)
    return known + [row for row in rows if row[column] is None]


def _key(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, (int, float))
    return not number, value if number else 0.0, "" if number else str(value)
