"""The shapes of the arrays for each way to train on a task."""

from __future__ import annotations

from rich.text import Text

from seqmem.config import RunConfig
from seqmem.render.page import Page

LAGS = 2


def shape_lines(config: RunConfig, page: Page) -> list[Text]:
    """Returns a line for each way to feed one sequence, or a batch, to a Keras layer: input, target, what is kept."""
    time, size, batch = config.task.time, len(config.task.alphabet), max(2, config.batch_size)
    rows = [
        ("stateful, step by step", (1, 1, size), (1, size), f"{time} calls; the state is kept, reset by hand"),
        ("the same, as one array", (time, 1, size), (time, size), f"{time} samples of 1 time step"),
        ("stateless, whole", (1, time, size), (1, time, size), "1 sample; the state lasts within the call"),
        (f"{LAGS} lags", (time, LAGS, size), (time, size), f"the gradient reaches back {LAGS} steps"),
        (f"{LAGS} symbols at once", (time, 1, LAGS * size), (time, size), "no memory needed within them"),
        (f"batch of {batch} sequences", (batch, time, size), (batch, time, size), "each row has a state of its own"),
    ]
    lines = [Text(" shapes (samples, time steps, features)", "label")]
    lines.append(Text(f"   {'':24}{'input':<16}{'target':<16}", "label"))
    for name, inputs, targets, note in rows:
        line = Text.assemble(("   " + name.ljust(24), "label"), _shape(inputs).ljust(16), _shape(targets).ljust(16))
        if line.cell_len + len(note) <= page.width:
            line.append(note, "muted")
        else:
            lines.append(line)
            line = Text(" " * 7 + note, "muted")
        lines.append(line)
    return lines


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
