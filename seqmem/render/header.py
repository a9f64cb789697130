"""The header of a run: task, network, training, budget."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.config.axis import shown_values
from seqmem.config.defaults import recall_reason
from seqmem.config.run_config import RunConfig
from seqmem.render.examples import draw_strips
from seqmem.settings import settings_of
from seqmem.terminal.console import Page, fill, wrap
from seqmem.terminal.wording import plural, shown_symbol

LABEL_WIDTH = 10
STRIPS = 2
LOSS_WORDS = {
    "all": "loss at all steps",
    "recall": "loss at recall steps only",
    "balanced": "loss at all steps, recall steps balanced",
}


def header_lines(page: Page, config: RunConfig, parameters: int | None = None, model: str = "") -> list[Text]:
    """Returns task, network, training and budget in about six lines.

    A network that no run has trained is named `model`, without lines on training and budget.
    """
    room = page.width - LABEL_WIDTH - 1
    # at most 72 columns, so that strips are easy to read
    examples = config.task.examples(config.seed, STRIPS)
    strips = draw_strips(examples, min(room, 72), page.glyphs)
    count = config.parameter_count if parameters is None else parameters
    network = [*network_words(config), *([f"{count:,} parameters"] if count else [])]
    words = config.task.words()
    widest = max(strip.cell_len for strip in strips)
    # the settings of the task go beside its strips if they fit, else below
    beside = dotted(words, max(1, room - widest - 4), page)
    if room - widest - 4 > max(map(len, words)) and len(beside) <= len(strips):
        for strip, line in zip(strips, beside, strict=False):
            strip.append(" " * (widest + 4 - strip.cell_len)).append_text(line)
        words = []
    rows: list[tuple[str, list[str]]] = [("", words), ("network", [model] if model else network)]
    if not model:
        rows += [("training", training_words(config)), ("budget", budget_words(config))]
    lines = labelled("task", strips)
    if reason := without_recall(config):
        lines += labelled("", wrap(Text(reason, "nothing_to_remember"), room))
    return lines + [line for label, words in rows for line in labelled(label, dotted(words, room, page))]


def labelled(label: str, lines: Sequence[Text]) -> list[Text]:
    """Returns lines with a label in front of the first."""
    labels = [label, *[""] * len(lines)]
    return [
        Text.assemble(" ", (f"{its:{LABEL_WIDTH}}", "label"), line) for its, line in zip(labels, lines, strict=False)
    ]


def dotted(words: list[str], width: int, page: Page) -> list[Text]:
    """Returns phrases separated by dots, on as many lines as they need."""
    lines = fill(words, width, Text(f" {page.glyphs.dot} ", "muted"))
    return [part for line in lines for part in wrap(line, width, 0, 2)]


def network_words(config: RunConfig) -> list[str]:
    """Returns the network as phrases, mostly without defaults."""
    stacked = f"{config.layers} layers of " if config.layers > 1 else ""
    words = [f"{stacked}{shown_symbol(config.cell.name, 40)} {config.units}", f"{config.head} head"]
    words += [f"sees {config.context} symbols"] if config.context > 1 else []
    words += [f"{config.init} start"] if config.init.kind != "glorot" else []
    own = ((field.name, getattr(config.cell, field.name), field.default) for field in settings_of(type(config.cell)))
    return words + [shown_values({name: value}) for name, value, usual in own if value != usual]


def training_words(config: RunConfig) -> list[str]:
    """Returns the training as phrases, mostly without defaults."""
    steps, time = config.steps_per_window, config.task.time
    window = "window sequence" if steps == time else f"window {steps} of {plural(time, 'step')}"
    words = [
        "eligibility traces" if config.gradient == "traces" else window,
        f"{config.optimizer} {config.learning_rate:g}",
        f"batch {config.batch_size}",
    ]
    words += ["rows are steps"] if config.rows == "steps" else []
    words += [] if config.stateful else ["stateless"]
    words += [f"{config.lags} lags"] if config.lags > 1 else []
    words += ["shuffled"] if config.shuffle else []
    words += _loss_words(config)
    words += [f"clip norm {config.clip_norm:g}"] if config.clip_norm else []
    words += [f"cell joins at {config.cell_joins}"] if config.cell_joins else []
    seeds = f"seed {config.seed}" if config.replicates == 1 else f"seeds {config.seed} to {config.seeds[-1]}"
    return [*words, f"{plural(config.replicates, 'replicate')}, {seeds}"]


def _loss_words(config: RunConfig) -> list[str]:
    """The trained steps, with the reason if a rule chose the recall steps."""
    if "loss_at" not in config.decided_by_rule:
        return [LOSS_WORDS[config.loss_at]]
    return [f"{LOSS_WORDS['recall']}: {recall_reason(config.task)}"] if config.loss_at == "recall" else []


def budget_words(config: RunConfig) -> list[str]:
    """Returns the budget and the criterion as phrases."""
    budget = plural(config.budget, "presentation")
    words = [f"{plural(config.epochs, 'epoch')} = {budget}" if config.epochs else budget]
    criterion = str(config.criterion)
    if not config.task.sequences_with_recall and criterion != "argmax":
        criterion = f"every settled step right ({criterion})"
    return [*words, f"stops at {criterion}" if config.stop else f"no stop, judged by {criterion}"]


def without_recall(config: RunConfig) -> str | None:
    """Returns why a task has nothing to remember; None if it has recall steps."""
    if config.task.sequences_with_recall:
        return None
    if config.task.settled_somewhere:
        return "nothing to remember: no settled target depends on which sequence it is in"
    return "nothing to remember: no step has a target that what came before could tell; no predictor can settle it"
