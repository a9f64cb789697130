"""The words and tables of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from seqmem.config.axis import shown_value
from seqmem.config.run_config import RunConfig
from seqmem.render.eval_view import COLUMNS as GAP_COLUMNS
from seqmem.render.eval_view import RULE, gap_cells
from seqmem.render.examples import shown_positions
from seqmem.render.header import budget_words, network_words, training_words, without_recall
from seqmem.render.headline import headline
from seqmem.render.next_command import next_commands, repeat_command, spelled, train_command
from seqmem.render.predictions import MARK_WORDS, chosen_predictions, kept_steps, shown_confidence
from seqmem.render.run_view import COLUMNS, replicate_cells
from seqmem.render.score_table import score_label
from seqmem.render.states_view import states_finding
from seqmem.render.verdict_view import OTHER_SEQUENCES, verdict_notes
from seqmem.results.evaluation import EvalResult
from seqmem.results.findings import scores
from seqmem.results.report import Cell, Report, Table
from seqmem.results.run import Prediction, RunResult
from seqmem.results.summary import ranked_replicates
from seqmem.terminal.style import UNICODE
from seqmem.terminal.table import Cell as DrawnCell
from seqmem.terminal.wording import plural, shown_count, shown_score, shown_symbol

SEQUENCES, LONGEST = 4, 24  # sequences of the task, and symbols of each
TABLES_EACH = 2  # of predictions, of a replicate
MOST_ROWS = 60
WIDEST = 40  # characters of a symbol


def run_report(result: RunResult, title: str, versions: Mapping[str, str]) -> Report:
    """Returns the report of a run."""
    config = result.config
    sequences, legend = _sequences(config)
    commands = [(repeat_command(result), "This run again:")]
    commands += [(command, why[:1].upper() + why[1:]) for command, why in next_commands(result, result.path)]
    return Report(
        title=title,
        question=_question(config),
        answer=headline(result),
        verdict=result.summary.verdict,
        notes=tuple(map(sentence, verdict_notes(result))),
        facts=_facts(config),
        sequences=sequences,
        legend=legend,
        scores=_scores(result),
        predictions=tuple(_predictions(result)),
        outcomes=_replicates(result),
        settings=shown_settings(config.to_settings()),
        versions=versions,
        commands=tuple(commands),
    )


def evaluation_report(result: EvalResult, title: str, versions: Mapping[str, str]) -> Report:
    """Returns the report of an evaluation."""
    report = run_report(result.run, title, versions)
    fields: dict[str, Any] = vars(report) | {"commands": _evaluation_commands(result)}
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
    if result.states is not None:
        finding = f"Replicate {result.states.replicate}: {states_finding(result.states)}"
        fields["notes"] = (*fields["notes"], finding)
    return Report(**fields)


def _evaluation_commands(result: EvalResult) -> tuple[tuple[str, str], ...]:
    """How the run is made again, unless it was trained on other sequences than these, and then judged again."""
    config = result.run.config
    asked = [f"--gaps {','.join(str(gap.gap) for gap in result.gaps)}"] if result.gaps else []
    asked += [f"--free-run {len(result.free_runs[0].generated)}"] if result.free_runs else []
    asked += ["--states"] if result.states is not None else []
    again = [(f"{train_command(config)} --out RUN", "The run again:")] if result.own_task else []
    if not result.own_task:
        settings = config.to_settings()
        asked += [spelled(name, settings[name]) for name in ("fillers", "sequences") if name in settings]
    return (*again, (" ".join(["seqmem eval RUN", *asked]), "This evaluation again:"))


def _question(config: RunConfig) -> str:
    name = config.cell.name
    cell = name.upper() if name.isalnum() and len(name) <= 4 else shown_symbol(name, WIDEST)
    network = f"{config.units} {cell} {'unit' if config.units == 1 else 'units'}"
    network = f"{config.layers} layers of {network}" if config.layers > 1 else network
    if gap := config.task.gap:
        low, high = gap
        fillers = f"{low} to {shown_count(high)} fillers" if high > low else plural(low, "filler")
        return f"Can {network} remember a symbol over {fillers}?"
    return f"Can {network} learn {config.task.words()[0]}?"


def _facts(config: RunConfig) -> dict[str, tuple[str, ...]]:
    nothing = without_recall(config)
    count = config.parameter_count
    network = [*network_words(config), *([f"{count:,} parameters"] if count else [])]
    facts = {"task": [*config.task.words(), *([nothing] if nothing else [])], "network": network}
    facts |= {"training": training_words(config), "budget": budget_words(config)}
    return {name: tuple(words) for name, words in facts.items()}


def _sequences(config: RunConfig) -> tuple[tuple[tuple[tuple[Cell, ...], ...], ...], str]:
    """Examples of the task, and a legend of the frames in them."""
    sequences = []
    for example in config.task.examples(config.seed, SEQUENCES):
        rows = [(example.symbols, example.parts)]
        rows += [(example.labels, example.label_parts)] if example.labels is not None else []
        sequences.append(tuple(_step(rows, place) for place in shown_positions(example, LONGEST)))
    frames = {cell.style for sequence in sequences for step in sequence for cell in step}
    legend = ["Thick frame: the cue"] if "cue" in frames else []
    legend += ["Thin frame: the trigger"] if "trigger" in frames else []
    legend += ["Dashed frame: the target of the recall step, which only the cue tells"] if "recall" in frames else []
    below = any(len(step) > 1 for sequence in sequences for step in sequence)
    return tuple(sequences), "".join(f"{words}. " for words in legend) + "Below a symbol: its target." * below


def _step(rows: Sequence[tuple[Sequence[str], Sequence[str]]], place: int | None) -> tuple[Cell, ...]:
    if place is None:
        return (Cell("…", "left_out"),)
    return tuple(Cell(shown_symbol(symbols[place], WIDEST), parts[place]) for symbols, parts in rows if symbols[place])


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
        figures = [Cell(text) for text in shown_confidence(prediction, step)]
        recall = Cell(f"{step + 1}", "recall" if prediction.recall[step] else "")
        rows.append((recall, *cells, *figures, Cell(f"{getattr(UNICODE, mark)} {MARK_WORDS[mark]}", mark)))
        before = step
    return Table(title, columns, tuple(rows), ("right",) * 6 + ("left",))


def _replicates(result: RunResult) -> Table:
    accuracy = result.config.loss_at != "recall"
    order = ranked_replicates(result.replicates)
    rows = [plain_cells(replicate_cells(index, "", result, accuracy, UNICODE)) for index in order[:MOST_ROWS]]
    names = (*(column.name for column in COLUMNS), *(["accuracy"] if accuracy else []), "verdict")
    words = "The best first."
    if len(order) > MOST_ROWS:
        words += f" {shown_count(len(order) - MOST_ROWS)} more are left out; a .csv file holds all."
    return Table("Replicates", names, tuple(rows), ("right",) * (len(names) - 1) + ("left",), words)


def _gaps(result: EvalResult) -> Table:
    columns = tuple(column.name for column in GAP_COLUMNS)
    rows = [plain_cells(gap_cells(gap, UNICODE)) for gap in result.gaps]
    return Table("Recall over gaps", columns, tuple(rows), ("right",) * len(columns), sentence(RULE))


def plain_cells(cells: Iterable[DrawnCell]) -> tuple[Cell, ...]:
    """Returns the cells of a table of the terminal as those of a report."""
    return tuple(
        Cell(cell.plain) if isinstance(cell, Text) else Cell(cell) if isinstance(cell, str) else Cell(*cell)
        for cell in cells
    )


def shown_settings(settings: Mapping[str, object]) -> dict[str, str]:
    """Returns settings as words by their names as words."""
    return {name.replace("_", " "): _shown_setting(value) for name, value in settings.items() if value is not None}


def _shown_setting(value: object) -> str:
    return " · ".join(map(str, value)) if isinstance(value, (list, tuple)) else shown_value(value)


def sentence(words: str) -> str:
    """Returns a note as a sentence of its own; what begins with the name of a criterion keeps it."""
    begun = words if ":" in words.split(" ")[0][:-1] else words[:1].upper() + words[1:]
    return begun if begun.endswith((".", "?")) else f"{begun}."
