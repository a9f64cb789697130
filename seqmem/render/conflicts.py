"""Where a task contradicts itself for those who see one symbol only, in words."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.tasks import ExplicitSequences
from seqmem.tasks.conflicting import filler_strings
from seqmem.tasks.contexts import settling_lengths
from seqmem.tasks.explicit import LARGEST_SEARCH, sequence_batch
from seqmem.tasks.streams import stream_rng
from seqmem.terminal.console import Page
from seqmem.terminal.wording import shown_symbol

MOST_LINES = 4
MOST_WORDS = 6


def conflict_lines(config: RunConfig, page: Page) -> list[Text]:
    """Returns lines such as `after 2: 3 or 4; the first symbol decides`."""
    if isinstance(config.task, ExplicitSequences):
        return _explicit_lines(config.task, page)
    return [_generated_line(config, page)]


def _generated_line(config: RunConfig, page: Page) -> Text:
    """The conflict of a generated task is known by construction."""
    task = config.task
    words, fillers = task.alphabet, task.filler_count
    cues = _listed(words[fillers : fillers + task.cues], page)
    if task.trigger:
        return _line(_word(words[-1], page), cues, "the first symbol decides")
    if task.fillers != "fresh" and task.gap[0] == task.gap[1] and not task.pool:
        string = filler_strings(task, stream_rng(config.seed, "strings"))[0]
        last = string[-1]
        followers = sorted({int(after) for at, after in itertools.pairwise(string) if at == last})
        options = _listed([words[index] for index in followers], page)
        others = f"{options}, and at the end " if followers else ""
        return _line(_word(words[last], page), others + cues, "the first symbol decides")
    return _line("the last filler", cues, "the first symbol decides which")


def _explicit_lines(task: ExplicitSequences, page: Page) -> list[Text]:
    batch = sequence_batch(task)
    inputs, targets = batch.inputs, batch.targets
    searched = batch.valid.size * batch.valid.shape[1] <= LARGEST_SEARCH
    lengths = settling_lengths(inputs, targets, batch.valid) if searched else None
    lines = []
    for symbol in np.unique(inputs[batch.recall]):
        here = batch.valid & (inputs == symbol)
        following = [task.alphabet[index] for index in dict.fromkeys(targets[here])]
        who = "an earlier symbol decides" if lengths is None else _decider(batch.recall & here, lengths)
        lines.append(_line(_word(task.alphabet[symbol], page), _listed(following, page), who))
    # no recall step: where in the sequence it stands tells what follows
    placed = batch.valid & batch.settled & ~np.isin(inputs, inputs[batch.recall])
    for symbol in np.unique(inputs[placed]):
        following = [task.alphabet[index] for index in dict.fromkeys(targets[placed & (inputs == symbol)])]
        if len(following) > 1:
            lines.append(_line(_word(task.alphabet[symbol], page), _listed(following, page), "its place decides"))
    open_steps = batch.valid & ~batch.settled
    starts: dict[tuple[str, ...], dict[str, None]] = {}
    for row, step in zip(*np.nonzero(open_steps), strict=True):
        if len(starts) <= MOST_LINES or task.sequences[row][: step + 1] in starts:
            starts.setdefault(task.sequences[row][: step + 1], {})[task.sequences[row][step + 1]] = None
    for start, after in starts.items():
        shown = [_word(word, page) for word in start]
        begin = " ".join(shown if len(shown) <= 4 else [page.glyphs.ellipsis, *shown[-3:]])
        lines.append(_line(f"{begin} at the start", _listed(list(after), page), "open: nothing decides"))
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], Text(f"and {len(lines) - MOST_LINES + 1} more", "muted")]
    return lines or [Text("none: the last symbol always tells the next", "muted")]


def _decider(steps: np.ndarray, lengths: np.ndarray) -> str:
    """Says which symbol decides at these steps, bool `(batch, time)`."""
    places = np.nonzero(steps)[1] - lengths[steps] + 1
    if (places <= 0).all():
        return "the first symbol decides"
    back = np.unique(lengths[steps]) - 1
    if len(back) == 1:
        return f"the symbol {back[0]} before decides" if back[0] > 1 else "the symbol before decides"
    return f"a symbol {back.min()} to {back.max()} before decides"


def _word(symbol: Any, page: Page) -> str:
    return shown_symbol(symbol, 12, page.glyphs)


def _listed(symbols: Any, page: Page) -> str:
    """`3 or 4`, `1, 2 or 3`, and no more than a few."""
    words = [_word(symbol, page) for symbol in symbols]
    if len(words) > MOST_WORDS:
        return f"{', '.join(words[: MOST_WORDS - 2])}, {page.glyphs.ellipsis} or {words[-1]}"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def _line(after: str, options: str, who: str) -> Text:
    return Text.assemble("after ", (after, "bold"), ": ", (options, "recall"), f"; {who}")
