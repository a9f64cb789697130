"""A task: its sequences, conflict, baseline and shapes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.render.examples import draw_strips
from seqmem.render.header import LABEL_WIDTH, dotted, labelled, without_recall
from seqmem.results.findings import loss_unit
from seqmem.results.task import Example, TaskResult
from seqmem.terminal.console import Page, view, wrap
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_count, shown_score, shown_symbol

SHOWN = 8
MOST_SHOWN = 40  # presentations drawn; a file can hold more
SHOWN_PAIRS = 2
LONGEST_TABLE = 24
MOST_SEEN = 6  # symbols of an input that are drawn, the newest
MOST_CONFLICTS = 4
MOST_OPTIONS = 6
LONGEST_START = 4


@view
def draw_task(page: Page, result: TaskResult) -> list[Text]:
    """Draws a task: each kind of sequence, or the first presentations of training."""
    config, task = result.config, result.config.task
    examples = result.examples(SHOWN, MOST_SHOWN)
    lines = [Text.assemble(" ", (f"{task.name} task", "title"), no_wrap=True)]
    lines += [Text("   ").append_text(line) for line in dotted(task.words(), page.width - 3, page)]
    lines += [Text(), *(Text("   ").append_text(line) for line in draw_strips(examples, page.width - 3, page.glyphs))]
    more = (result.count or task.sequence_count or 0) - len(examples)
    if more > 0:
        words = "; --to FILE writes them all" if result.count else ""
        lines.append(Text(f"   and {_amount(more)} more{words}", "muted"))
    lines += [Text(), *_facts(config, page), *_baseline_lines(result, page)]
    if result.pairs:
        lines += [Text(), *_pair_lines(examples[:SHOWN_PAIRS], config.lags + config.context - 1, page)]
    if result.arrays:
        lines += [Text(), *_array_lines(examples[0], config, page), Text(), *shape_lines(config, page)]
    return lines


def _amount(count: int) -> str:
    return shown_count(count) if count < 10**9 else f"about 10^{round(math.log10(count))}"


def _facts(config: RunConfig, page: Page) -> list[Text]:
    task = config.task
    total = task.sequence_count
    fresh = "new fillers each time" if task.gap else "drawn each time"
    if total is None:
        sequences = f"about 10^{task.magnitude:,}: {fresh}"
    elif task.finite:
        sequences = f"{_amount(total)} different, all of them trained on"
    else:
        sequences = f"{_amount(total)} different: {fresh}"
    time = plural(task.time, "step")
    order = "drawn at random" if task.at_random else "shuffled" if config.shuffle else "in order"
    reason = without_recall(config)
    room = page.width - LABEL_WIDTH - 1
    lines = labelled("conflict", [part for line in _conflict_lines(config, page) for part in wrap(line, room)])
    lines += labelled("memory", wrap(Text(reason, "nothing_to_remember"), room)) if reason else []
    facts = dict(task.facts()) | {
        "sequences": sequences,
        "length": f"{time} at most" if not task.equal_lengths else time,
        "epoch": plural(task.epoch_size, "presentation") + f", {order}",
    }
    return lines + [line for label, words in facts.items() for line in labelled(label, wrap(words, room))]


def _conflict_lines(config: RunConfig, page: Page) -> list[Text]:
    """Lines such as `after 2: 3 or 4; the first symbol decides`."""
    lines = []
    for conflict in config.task.conflict(config.seed):
        shown = [shown_symbol(symbol, 12, page.glyphs) for symbol in conflict.after]
        shown = shown if len(shown) <= LONGEST_START else [page.glyphs.ellipsis, *shown[1 - LONGEST_START :]]
        options = _either(conflict.options, page)
        options += f", and at the end {_either(conflict.at_end, page)}" if conflict.at_end else ""
        after = " ".join([*shown, *([conflict.place] if conflict.place else [])])
        lines.append(Text.assemble("after ", (after, "bold"), ": ", (options, "recall"), f"; {conflict.decides}"))
    if len(lines) > MOST_CONFLICTS:
        lines = [*lines[: MOST_CONFLICTS - 1], Text(f"and {len(lines) - MOST_CONFLICTS + 1} more", "muted")]
    return lines or [Text("none: the last symbol always tells the next", "muted")]


def _either(symbols: Sequence[str], page: Page) -> str:
    """`3 or 4`, `1, 2 or 3`, with an ellipsis for many."""
    words = [shown_symbol(symbol, 12, page.glyphs) for symbol in symbols]
    if len(words) > MOST_OPTIONS:
        words = [*words[: MOST_OPTIONS - 2], page.glyphs.ellipsis, words[-1]]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _baseline_lines(result: TaskResult, page: Page) -> list[Text]:
    best = result.baseline
    if best is None:
        return []
    losses = (f"loss, {loss_unit(result.config)}", best.loss, best.recall_loss)
    scores = [("accuracy", best.accuracy, best.recall_accuracy), losses]
    rows = [[name, shown_score(everywhere, 4), shown_score(recall, 4)] for name, everywhere, recall in scores]
    columns = [Column(align="left"), Column("all steps", style="baseline"), Column("recall steps", style="baseline")]
    title = Text("baseline: the best without memory, from the last symbol alone", "label")
    return [Text(), *wrap(title, page.width, 1, 3), *table(columns, rows, page, indent=3)]


def _kept(count: int) -> list[int | None]:
    if count <= LONGEST_TABLE:
        return list(range(count))
    return [*range(LONGEST_TABLE - 4), None, *range(count - 3, count)]


def _pair_lines(examples: list[Example], reach: int, page: Page) -> list[Text]:
    """Every step as a pair of input, the last `reach` symbols, and target."""
    sees = "one symbol" if reach == 1 else f"the last {reach} symbols"
    wanted, tells = ("its label", "an earlier symbol") if examples[0].labels else ("the next", "the cue")
    lines = [Text(f" pairs: each step sees {sees} and is to predict {wanted}", "label")]
    # on a narrow page, the oldest symbols are left out first
    seen = [Column(width=3, rank=back) for back in reversed(range(min(reach, MOST_SEEN)))]
    columns = [Column(style="label"), *seen, Column(style="muted"), *[Column(align="left")] * 2]
    for number, example in enumerate(examples):
        rows: list[list[Cell]] = []
        cells = [
            (shown_symbol(symbol, 12, page.glyphs), part)
            for symbol, part in zip(example.symbols, example.parts, strict=True)
        ]
        for step in _kept(example.steps):
            if step is None:
                rows.append([(f"     {page.glyphs.vertical_ellipsis}", "muted")])
                continue
            places = range(step - len(seen) + 1, step + 1)
            target, part = example.target(step)
            remark = f"only {tells} tells" if part == "recall" else ""
            # a dash for the zeros before the start
            shown = [cells[at] if at >= 0 else ("-", "muted") for at in places]
            answer = (shown_symbol(target, 12, page.glyphs), part)
            rows.append([f"step {step + 1:>4}", *shown, page.glyphs.arrow, answer, (remark, "muted")])
        lines += [*([Text()] if number else []), *table(columns, rows, page, indent=3)]
    return lines


def _array_lines(example: Example, config: RunConfig, page: Page) -> list[Text]:
    """The first sequence as one-hot vectors, input beside target."""
    seen, answers = config.task.input_symbols, config.task.output_symbols
    size = max(len(seen), len(answers))
    lines = [Text(" one-hot arrays of the first sequence, float32", "label")]
    room = (page.width - 12) // 2
    # long vectors are described in words
    if 2 * size + 4 > room:
        places = [seen.index(symbol) for symbol in example.symbols[:2]]
        shown = [shown_symbol(symbol, 12, page.glyphs) for symbol in example.symbols[:2]]
        words = f"a vector has {shown_count(size)} numbers, a 1 at its symbol's place and 0 elsewhere"
        example_words = f"{shown[0]} is a 1 at place {places[0]}, {shown[1]} a 1 at place {places[1]}"
        return [*lines, Text(f"   {words}", no_wrap=True), Text(f"   {example_words}", no_wrap=True)]
    rows: list[list[Cell]] = []
    for step in _kept(example.steps):
        if step is None:
            rows.append([(page.glyphs.vertical_ellipsis, "muted")])
        else:
            inputs = _one_hot(seen, example.symbols[step], example.parts[step])
            rows.append([inputs, _one_hot(answers, *example.target(step))])
    return [*lines, *table([Column("input", "left"), Column("target", "left")], rows, page, indent=3, gap=5)]


def _one_hot(symbols: tuple[str, ...], symbol: str, part: str) -> Text:
    # the 1 of a filler has no style, so that it differs from the zeros, which are muted
    bits = [("1", "" if part == "filler" else part) if other == symbol else "0" for other in symbols]
    spaced = [cell for bit in bits for cell in (" ", bit)][1:]
    return Text.assemble("[", *spaced, "]", style="muted")


def shape_lines(config: RunConfig, page: Page) -> list[Text]:
    """Returns a line for each way to feed a sequence, or a batch, to a Keras layer: input, target and state."""
    time, batch = config.task.time, max(2, config.batch_size)
    size, out = len(config.task.input_symbols), len(config.task.output_symbols)
    lags, context = max(2, config.lags), max(2, config.context)
    rows: list[tuple[str, tuple[int, ...], tuple[int, ...], str]] = [
        ("stateful, step by step", (1, 1, size), (1, out), f"{time} calls, then reset the state"),
        ("stateful, one array", (time, 1, size), (time, out), f"{time} samples of 1 step"),
        ("stateless", (1, time, size), (1, time, out), "state lasts within the call"),
        (f"{lags} lags", (time, lags, size), (time, out), f"gradient reaches {lags} steps"),
        (f"context {context}", (time, 1, context * size), (time, out), f"sees the last {context} symbols"),
        (f"batch of {batch}", (batch, time, size), (batch, time, out), "a state for each row"),
        ("the same, step by step", (batch, 1, size), (batch, out), f"{time} calls, one row per sequence"),
        ("steps as a batch", (time, 1, size), (time, out), "one state per step: no memory"),
    ]
    columns = [Column(align="left", least=12, style="label"), Column("input", "left"), Column("target", "left")]
    columns += [Column(align="left", style="muted")]
    cells = [[name, str(inputs), str(targets), note] for name, inputs, targets, note in rows]
    lines = table(columns, cells, dataclasses.replace(page, width=10 * page.width), indent=3)
    if max(line.cell_len for line in lines) > page.width:
        # each note on its own line
        below = [part for *shapes, note in cells for part in (shapes, [(f"    {note}", "muted")])]
        lines = table(columns[:-1], below, page, indent=3)
    return [Text(" shapes (samples, time steps, features)", "label"), *lines]
