"""The trials of a sweep, one a line, the best first."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text

from seqmem.render.page import Page
from seqmem.render.wording import plural, shown_amount, shown_score, shown_symbol
from seqmem.sweep_axes import shown_value, shown_values
from seqmem.sweep_results import MEASURES, SPREADS, SweepResult, Trial, TrialResult, ranked

MOST_ROWS = 40
SHORTEST_REASON = 12
VERDICTS = ("solved", "partly", "memoryless", "unsolved", "diverged")


def _solved(result: TrialResult) -> str:
    return f"{result.summary.solved}/{result.summary.replicates}"


def _rate(result: TrialResult) -> str:
    low, high = result.summary.interval
    return f"{result.summary.success_rate:.2f} [{low:.2f}, {high:.2f}]"


def _presentations(result: TrialResult) -> str:
    spread = result.summary.presentations_to_success
    if spread is None:
        return "-"
    low, high = shown_amount(spread["min"]), shown_amount(spread["max"])
    return shown_amount(spread["median"]) + (f" ({low} to {high})" if low != high else "")


def _median(name: str, digits: int) -> Callable[[TrialResult], str]:
    def show(result: TrialResult) -> str:
        spread = result.spreads[name]
        return shown_score(spread.median if spread else None, digits)

    return show


def _baseline(result: TrialResult) -> str:
    return shown_score(result.baseline.recall_accuracy)


# In the order of what is left out last where the page is narrow; what is ranked by comes before them all.
COLUMNS: dict[str, Callable[[TrialResult], str]] = {
    "verdict": lambda result: result.summary.verdict,
    "solved": _solved,
    "success rate [95 %]": _rate,
    "recall": _median("recall_accuracy", 3),
    "no memory": _baseline,
    "presentations to success": _presentations,
    "recall loss": _median("recall_loss", 4),
    "accuracy": _median("accuracy", 3),
    "loss": _median("loss", 4),
}
RANKED = {
    "success_rate": "success rate [95 %]",
    "recall_accuracy": "recall",
    "presentations_to_success": "presentations to success",
} | {name: name.replace("_", " ") for name in ("recall_loss", "accuracy", "loss")}
MOST_REASONS = 10


def trial_lines(sweep: SweepResult, page: Page) -> list[Text]:
    """Returns a heading and a line for each trial that is known; many missing ones are only counted."""
    trials = ranked(sweep.trials, sweep.rank)
    shown = [trial for trial in trials if trial.status != "missing"]
    left_out = shown[MOST_ROWS:]
    shown = shown[:MOST_ROWS]
    axes = [axis.name for axis in sweep.axes]
    keys = {name: [shown_symbol(shown_value(trial.values[name]), 16, page.glyphs) for trial in shown] for name in axes}
    widths = {name: max([len(name), *map(cell_len, cells)]) for name, cells in keys.items()}
    room = page.width - 1 - sum(widths.values()) - 2 * (len(widths) - 1)
    columns = _fitting([trial.result for trial in shown if trial.result], room, RANKED.get(sweep.rank, "verdict"))
    heading = "  ".join(name.rjust(widths[name]) for name in axes)
    lines = [Text(f" {heading}" + "".join(f"  {name.rjust(width)}" for name, width in columns.items()), "label")]
    for index, trial in enumerate(shown):
        line = Text(" " + "  ".join(_padded(keys[name][index], widths[name]) for name in axes), no_wrap=True)
        lines.append(_with_result(line, trial, columns, page))
    rest = [f"{plural(len(left_out), 'more trial')}"] if left_out else []
    missing = sweep.counts["missing"]
    rest += [f"{plural(missing, 'trial')} still missing"] if missing else []
    if rest:
        lines.append(Text(f" {page.glyphs.ellipsis} {', '.join(rest)}", "muted"))
    return [*lines, Text(f" {_order(sweep)}", "muted")]


def failure_lines(sweep: SweepResult, page: Page) -> list[Text]:
    """Returns why trials failed, in full."""
    failed = [trial for trial in sweep.trials if trial.status == "failed"]
    lines = []
    for trial in failed[:MOST_REASONS]:
        words = shown_symbol(f"{shown_values(trial.values)}: {trial.reason}", 1000, page.glyphs)
        first, *others = textwrap.wrap(words, max(20, page.width - 10)) or [""]
        lines.append(Text.assemble((" failed: ", "wrong"), first))
        lines += [Text(" " * 9 + other) for other in others]
    if len(failed) > MOST_REASONS:
        lines.append(Text(f" and {plural(len(failed) - MOST_REASONS, 'more failure')}", "muted"))
    return [Text(), *lines] if lines else []


def _fitting(results: Sequence[TrialResult], room: int, first: str) -> dict[str, int]:
    """The columns that there is room for, with their widths, in their order."""
    columns: dict[str, int] = {}
    for name in sorted(COLUMNS, key=lambda name: name != first):
        width = max([len(name), *(len(COLUMNS[name](result)) for result in results)])
        if results and width + 2 <= room:
            columns[name] = width
            room -= width + 2
    return {name: columns[name] for name in COLUMNS if name in columns}


def _with_result(line: Text, trial: Trial, columns: dict[str, int], page: Page) -> Text:
    if trial.result is None:
        line.append(f"  {trial.status}", "wrong" if trial.status == "failed" else "muted")
        room = page.width - line.cell_len - 2
        # why trials failed stands below the table, in full
        if trial.status == "failed" or not trial.reason or room < SHORTEST_REASON:
            return line
        return line.append(f"  {shown_symbol(trial.reason, room, page.glyphs)}", "muted")
    for name, width in columns.items():
        text = COLUMNS[name](trial.result)
        line.append("  ").append(text.rjust(width), text if text in VERDICTS else "")
    return line


def _padded(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _order(sweep: SweepResult) -> str:
    """What the rows are sorted by, and what there is of it without memory, where that is the same for all."""
    name = sweep.rank.replace("_", " ")
    if sweep.rank not in MEASURES:
        return f"in the order of {name}"
    if sweep.rank not in SPREADS:
        return f"best {name} first"
    baselines = {getattr(trial.result.baseline, sweep.rank) for trial in sweep.trials if trial.result}
    known = f" (without memory {shown_score(baselines.pop(), 4)})" if len(baselines) == 1 else ""
    return f"best {name} first{known}"
