"""The words and tables of a report."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from seqmem.config.axis import shown_value, shown_values
from seqmem.config.plan import Plan
from seqmem.config.rank import measure_of
from seqmem.config.run_config import RunConfig
from seqmem.render.eval_view import COLUMNS as GAP_COLUMNS
from seqmem.render.eval_view import RULE, gap_cells
from seqmem.render.examples import shown_positions
from seqmem.render.header import budget_words, network_words, training_words, without_recall
from seqmem.render.headline import headline
from seqmem.render.next_command import next_commands, spelled, train_command
from seqmem.render.predictions import MARK_WORDS, chosen_predictions, kept_steps
from seqmem.render.run_view import COLUMNS, replicate_cells
from seqmem.render.score_table import score_label
from seqmem.render.sweep_table import trial_cells, trial_remarks
from seqmem.render.sweep_view import count_words, fixed_words, sweep_commands
from seqmem.render.verdict_view import OTHER_SEQUENCES, verdict_notes
from seqmem.results.columns import trial_ranks
from seqmem.results.evaluation import EvalResult
from seqmem.results.findings import scores
from seqmem.results.report import Cell, Report, Table
from seqmem.results.run import Prediction, RunResult
from seqmem.results.summary import ranked_replicates
from seqmem.results.sweep import SweepResult, ranked
from seqmem.terminal.style import UNICODE
from seqmem.terminal.table import Cell as DrawnCell
from seqmem.terminal.wording import listed, plural, shown_count, shown_score, shown_symbol

SEQUENCES, LONGEST = 4, 24  # sequences of the task, and symbols of each
TABLES_EACH = 2  # of predictions, of a replicate
MOST_ROWS = 60
WORST_RANK = 6  # highest rank of the columns of trials on a page
WIDEST = 40  # characters of a symbol
MOST_NAMED = 3  # equally good trials that are named


def run_report(result: RunResult, title: str, versions: Mapping[str, str]) -> Report:
    """Returns the report of a run."""
    config = result.config
    commands = [(train_command(config), "This run again:")]
    commands += [(command, why[:1].upper() + why[1:]) for command, why in next_commands(result, result.path)]
    return Report(
        title=title,
        question=_question(config),
        answer=headline(result),
        verdict=result.summary.verdict,
        notes=tuple(map(_sentence, verdict_notes(result))),
        facts=_facts(config),
        sequences=tuple(_sequences(config)),
        scores=_scores(result),
        predictions=tuple(_predictions(result)),
        outcomes=_replicates(result),
        settings=_settings(config.to_settings()),
        versions=versions,
        commands=tuple(commands),
    )


def evaluation_report(result: EvalResult, title: str, versions: Mapping[str, str]) -> Report:
    """Returns the report of an evaluation."""
    report = run_report(result.run, title, versions)
    gaps = ",".join(str(gap.gap) for gap in result.gaps)
    asked = f" --gaps {gaps}" if gaps else ""
    fields: dict[str, Any] = vars(report) | {"commands": ((f"seqmem eval RUN{asked}", "This evaluation again:"),)}
    if result.model:
        # the other settings of `run` do not apply to a network that no run has trained
        facts = {"task": report.facts["task"], "network": (result.model,)}
        fields |= {"question": f"What does {result.model} remember?", "facts": facts, "settings": {}, "commands": ()}
    if not result.own_task:
        fields |= {"answer": OTHER_SEQUENCES, "verdict": "", "notes": ()}
    if result.gaps:
        right = [gap.gap for gap in result.gaps if all(gap.remembers)]
        furthest = f", the longest of them {shown_count(max(right))}" if right else ""
        share = f"{shown_count(len(right))} of {plural(len(result.gaps), 'gap')}"
        own = [f"Of the run itself: {fields['answer']}"] if result.own_task else []
        fields["question"] = "Over which gaps does it remember?"
        fields["answer"] = f"All replicates remember over {share}{furthest}."
        fields["notes"] = (*own, *fields["notes"])
        fields["outcomes"] = _gaps(result)
    return Report(**fields)


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
        notes=(_sentence(count_words(sweep)),),
        facts=facts,
        sequences=(),
        scores=None,
        predictions=(),
        outcomes=_trials(sweep),
        settings=_settings(plan.base | sweep.decided),
        versions=versions,
        commands=((_sweep_command(plan), "This sweep again:"), *commands),
    )


def _question(config: RunConfig) -> str:
    name = config.cell.name
    cell = name.upper() if name.isalnum() and len(name) <= 4 else shown_symbol(name, WIDEST)
    network = f"{config.units} {cell} {'unit' if config.units == 1 else 'units'}"
    network = f"{config.layers} layers of {network}" if config.layers > 1 else network
    if gap := config.task.gap:
        low, high = gap
        fillers = f"{low} to {shown_count(high)} fillers" if high > low else plural(low, "filler")
        return f"Can {network} remember a symbol over {fillers}?"
    return f"Can {network} learn the {config.task.name} task ({config.task.words()[0]})?"


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


def _facts(config: RunConfig) -> dict[str, tuple[str, ...]]:
    nothing = without_recall(config)
    count = config.parameter_count
    network = [*network_words(config), *([f"{count:,} parameters"] if count else [])]
    facts = {"task": [*config.task.words(), *([nothing] if nothing else [])], "network": network}
    facts |= {"training": training_words(config), "budget": budget_words(config)}
    return {name: tuple(words) for name, words in facts.items()}


def _sequences(config: RunConfig) -> Iterable[tuple[Cell, ...]]:
    for example in config.task.examples(config.seed, SEQUENCES):
        places = shown_positions(example, LONGEST)
        rows = [(example.symbols, example.parts)]
        rows += [(example.labels, example.label_parts)] if example.labels is not None else []
        for symbols, parts in rows:
            yield tuple(
                Cell("…", "left_out") if place is None else Cell(shown_symbol(symbols[place], WIDEST), parts[place])
                for place in places
            )


def _scores(result: RunResult) -> Table:
    several, limited = len(result.replicates) > 1, result.recipe_limit is not None
    columns = ["score", "median" if several else "network", *(["range"] if several else []), "baseline"]
    columns += ["recipe limit"] if limited else []
    rows = []
    for score in scores(result):
        spread = score.spread
        label, median = score_label(score.name, result.config), shown_score(spread.median if spread else None)
        row = [Cell(label), Cell(median, "right" * score.beyond)]
        if several:
            row.append(Cell(f"{shown_score(spread.low)} to {shown_score(spread.high)}" if spread else "-"))
        rows.append((*row, *(Cell(shown_score(bound), "baseline") for bound in score.bounds)))
    words = "The baseline is the best that any predictor can do that sees the last symbol only."
    return Table("Scores", tuple(columns), tuple(rows), ("left", *["right"] * (len(columns) - 1)), words)


def _predictions(result: RunResult) -> Iterable[Table]:
    """The first sequences as the best and the worst replicate predict them."""
    for title, also, judged in chosen_predictions(result).values():
        for number, (prediction, marks) in enumerate(judged[:TABLES_EACH], 1):
            yield _prediction(prediction, marks, f"Sequence {number}{', ' if title else ''}{title}{also}")


def _prediction(prediction: Prediction, marks: Sequence[str], title: str) -> Table:
    columns = ("step", "input", "expected", "predicted", "probability", "margin", "")
    rows: list[tuple[Cell, ...]] = []
    before = -1
    for step in kept_steps(prediction, marks):
        if step > before + 1:
            rows.append((Cell("⋮"), Cell(f"{plural(step - before - 1, 'step')} more", "left_out")))
        mark = marks[step]
        symbols = (prediction.inputs[step], prediction.expected[step], prediction.predicted[step])
        cells = [Cell("" if symbol is None else shown_symbol(symbol, WIDEST)) for symbol in symbols]
        figures = [Cell(f"{value:.3f}") for value in (prediction.probability[step], prediction.margin[step])]
        recall = Cell(f"{step + 1}", "recall" if prediction.recall[step] else "")
        rows.append((recall, *cells, *figures, Cell(f"{getattr(UNICODE, mark)} {MARK_WORDS[mark]}", mark)))
        before = step
    return Table(title, columns, tuple(rows), ("right",) * 6 + ("left",))


def _replicates(result: RunResult) -> Table:
    accuracy = result.config.loss_at != "recall"
    order = ranked_replicates(result.replicates)
    rows = [_plain(replicate_cells(index, "", result, accuracy, UNICODE)) for index in order[:MOST_ROWS]]
    names = (*(column.name for column in COLUMNS), *(["accuracy"] if accuracy else []), "verdict")
    words = "The best first."
    if len(order) > MOST_ROWS:
        words += f" {shown_count(len(order) - MOST_ROWS)} more are left out; a .csv file holds all."
    return Table("Replicates", names, tuple(rows), ("right",) * (len(names) - 1) + ("left",), words)


def _gaps(result: EvalResult) -> Table:
    columns = tuple(column.name for column in GAP_COLUMNS)
    rows = [_plain(gap_cells(gap, UNICODE)) for gap in result.gaps]
    return Table("Recall over gaps", columns, tuple(rows), ("right",) * len(columns), _sentence(RULE))


def _trials(sweep: SweepResult) -> Table:
    columns = [column for column, rank in trial_ranks(sweep.rank).items() if rank <= WORST_RANK]
    trials = [trial for trial in ranked(sweep.trials, sweep.rank) if trial.status != "missing"]
    names = (*(axis.name.replace("_", " ") for axis in sweep.axes), *(column.title for column in columns))
    align = (*["right"] * len(sweep.axes), *("left" if column.kind == "verdict" else "right" for column in columns))
    rows = [_plain(trial_cells(trial, columns, UNICODE)) for trial in trials[:MOST_ROWS]]
    words = trial_remarks(sweep, UNICODE)
    words += [f"{plural(len(trials) - MOST_ROWS, 'more trial')} left out"] if len(trials) > MOST_ROWS else []
    return Table("Trials", names, tuple(rows), align, " ".join(map(_sentence, words)))


def _plain(cells: Iterable[DrawnCell]) -> tuple[Cell, ...]:
    return tuple(
        Cell(cell.plain) if isinstance(cell, Text) else Cell(cell) if isinstance(cell, str) else Cell(*cell)
        for cell in cells
    )


def _settings(settings: Mapping[str, object]) -> dict[str, str]:
    return {name.replace("_", " "): _shown_setting(value) for name, value in settings.items() if value is not None}


def _shown_setting(value: object) -> str:
    return " · ".join(map(str, value)) if isinstance(value, (list, tuple)) else shown_value(value)


def _sweep_command(plan: Plan) -> str:
    words = [spelled(name, value) for name, value in plan.base.items()]
    words += [f"--vary {shlex.quote(str(axis))}" for axis in plan.axes]
    if plan.search != "grid":
        words += [f"--search {plan.search}", f"--trials {plan.total}"]
    words += ["--prune"] if plan.prune else []
    return " ".join(["seqmem sweep", *words, f"--rank {plan.rank}"])


def _sentence(words: str) -> str:
    """A note as a sentence; a note that begins with a criterion keeps it in lower case."""
    begun = words if ":" in words.split(" ")[0][:-1] else words[:1].upper() + words[1:]
    return begun if begun.endswith((".", "?")) else f"{begun}."
