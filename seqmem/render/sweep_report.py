"""The words and tables of the report of a sweep."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping

from seqmem.config.axis import shown_values
from seqmem.config.plan import Plan
from seqmem.config.rank import measure_of
from seqmem.render.next_command import spelled
from seqmem.render.report import MOST_ROWS, plain_cells, sentence, shown_settings
from seqmem.render.sweep_table import trial_cells, trial_remarks
from seqmem.render.sweep_view import count_words, fixed_words, sweep_commands
from seqmem.results.columns import trial_ranks
from seqmem.results.report import Report, Table
from seqmem.results.sweep import SweepResult, ranked
from seqmem.terminal.style import UNICODE
from seqmem.terminal.wording import listed, plural, shown_count, shown_score

WORST_RANK = 6  # highest rank of the columns of trials on a page
MOST_NAMED = 3  # equally good trials that are named


def sweep_report(sweep: SweepResult, title: str, versions: Mapping[str, str], plan: Plan) -> Report:
    """Returns the report of a sweep."""
    axes = [axis.name.replace("_", " ") for axis in sweep.axes]
    measure = measure_of(sweep.rank).replace("_", " ")
    facts: dict[str, tuple[str, ...]] = {
        axis.name.replace("_", " "): (str(axis).partition("=")[2].replace(",", ", "),) for axis in sweep.axes
    }
    facts["fixed"] = tuple(fixed_words(sweep.base, sweep.decided, [axis.name for axis in sweep.axes]))
    commands = [(command, why[:1].upper() + why[1:]) for command, why in sweep_commands(sweep)]
    return Report(
        title=title,
        question=f"How does the {measure} depend on {listed(axes)}?",
        answer=_best(sweep, measure),
        verdict="",
        notes=(sentence(count_words(sweep)),),
        facts=facts,
        sequences=(),
        legend="",
        scores=None,
        predictions=(),
        outcomes=_trials(sweep),
        settings=shown_settings(plan.base | sweep.decided),
        versions=versions,
        commands=((_sweep_command(plan), "This sweep again:"), *commands),
    )


def _best(sweep: SweepResult, measure: str) -> str:
    """The best trial with its figures, and how many trials have each verdict."""
    done = [trial for trial in sweep.trials if trial.result]
    if not done:
        return "No trial is complete yet."
    verdicts = Counter(trial.result.verdict.replace("_", " ") for trial in done if trial.result)
    counts = ", ".join(f"{shown_count(count)} {verdict}" for verdict, count in verdicts.most_common())
    name = measure_of(sweep.rank)
    best = ranked(sweep.trials, name)[0]
    value = best.measure(name)
    if value is None or best.result is None:
        return f"Of {plural(len(done), 'trial')}: {counts}."
    interval = best.result.interval
    span = f" (95 % interval {interval[0]:.2f} to {interval[1]:.2f})" if interval and name == "success_rate" else ""
    shown = shown_count(value) if name == "presentations_to_success" else shown_score(value)
    equal = [shown_values(trial.values) for trial in done if trial.measure(name) == value]
    places = f"in {shown_count(len(equal))} trials" if len(equal) > MOST_NAMED else f"with {'; with '.join(equal)}"
    return f"The best {measure}, {shown}{span}, is found {places}. Of {plural(len(done), 'trial')}: {counts}."


def _trials(sweep: SweepResult) -> Table:
    columns = [column for column, rank in trial_ranks(sweep.rank).items() if rank <= WORST_RANK]
    trials = [trial for trial in ranked(sweep.trials, sweep.rank) if trial.status != "missing"]
    names = (*(axis.name.replace("_", " ") for axis in sweep.axes), *(column.title for column in columns))
    align = (*["right"] * len(sweep.axes), *("left" if column.kind == "verdict" else "right" for column in columns))
    rows = [plain_cells(trial_cells(trial, columns, UNICODE)) for trial in trials[:MOST_ROWS]]
    words = trial_remarks(sweep, UNICODE)
    words += [f"{plural(len(trials) - MOST_ROWS, 'more trial')} left out"] if len(trials) > MOST_ROWS else []
    return Table("Trials", names, tuple(rows), align, " ".join(map(sentence, words)))


def _sweep_command(plan: Plan) -> str:
    words = [spelled(name, value) for name, value in plan.base.items()]
    words += [f"--vary {shlex.quote(str(axis))}" for axis in plan.axes]
    if plan.search != "grid":
        words += [f"--search {plan.search}", f"--trials {plan.total}"]
    words += ["--prune"] if plan.prune else []
    return " ".join(["seqmem sweep", *words, f"--rank {plan.rank}"])
