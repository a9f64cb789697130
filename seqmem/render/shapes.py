"""The shapes of the arrays for each way to train on a task."""

from __future__ import annotations

from rich.text import Text

from seqmem.config import RunConfig
from seqmem.render.page import Page


def shape_lines(config: RunConfig, page: Page) -> list[Text]:
    """Returns a line for each way to feed one sequence, or a batch, to a Keras layer: input, target, what is kept."""
    time, size, batch = config.task.time, len(config.task.alphabet), max(2, config.batch_size)
    lags, context = max(2, config.lags), max(2, config.context)
    rows: list[tuple[str, tuple[int, ...], tuple[int, ...], str]] = [
        ("stateful, step by step", (1, 1, size), (1, size), f"{time} calls, then reset the state"),
        ("stateful, one array", (time, 1, size), (time, size), f"{time} samples of 1 step"),
        ("stateless", (1, time, size), (1, time, size), "state lasts within the call"),
        (f"{lags} lags", (time, lags, size), (time, size), f"gradient reaches {lags} steps"),
        (f"context {context}", (time, 1, context * size), (time, size), f"sees the last {context} symbols"),
        (f"batch of {batch}", (batch, time, size), (batch, time, size), "a state for each row"),
        ("the same, step by step", (batch, 1, size), (batch, size), f"{time} calls, a row a sequence"),
        ("steps as a batch", (time, 1, size), (time, size), "a state a step: no memory"),
    ]
    widths = [max(len(_shape(shape)) for shape in column) + 2 for column in list(zip(*rows, strict=True))[1:3]]
    lines = [Text(" shapes (samples, time steps, features)", "label")]
    lines.append(Text(f"   {'':24}{'input':<{widths[0]}}target", "label"))
    for name, inputs, targets, note in rows:
        shapes = _shape(inputs).ljust(widths[0]) + _shape(targets).ljust(widths[1])
        lines.append(Text.assemble((f"   {name:24}", "label"), shapes))
        if lines[-1].cell_len + len(note) > page.width:
            lines.append(Text(" " * 7))
        lines[-1].append(note, "muted")
    return lines


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
