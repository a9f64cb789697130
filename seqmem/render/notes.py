"""The reason why a recipe can or cannot solve its task."""

from __future__ import annotations

from seqmem.config.run_config import RunConfig

_TRACES = (
    "Eligibility traces carry the gradient along what the cell holds, from the first step on: an update at every step "
    "still teaches the network to keep the cue."
)


def recipe_note(config: RunConfig) -> str | None:
    """Returns why a recipe can or cannot solve its task, in a sentence or two; None without recall steps."""
    needed = config.task.memory_needed
    if needed < 2:
        return None
    if not config.cell.keeps_state:
        if config.context < needed:
            return (
                f"An {config.cell} has no memory: it sees {_symbols(config.context)}, and the recall needs {needed}. "
                "However it is trained, it cannot pass that limit."
            )
        return f"No memory is needed: an input vector of {_symbols(config.context)} still holds the cue."
    if config.rows == "steps":
        return _note_on_rows(config)
    if not config.stateful and config.layout.reset_every < config.layout.length:
        return _note_on_stateless(config, needed)
    reach = _gradient_reach(config)
    if config.gradient == "traces":
        return " ".join([_TRACES, *_note_on_data(config)])
    if reach < needed:
        return (
            f"The state carries the cue, but the gradient of an update reaches back over {_symbols(reach)} and the "
            f"recall needs {needed}: nothing teaches the network to keep the cue."
        )
    return " ".join([_note_on_reach(config), *_note_on_data(config)])


def _note_on_rows(config: RunConfig) -> str:
    window = "step" if config.window == 1 else f"window of {config.window} steps"
    last_row = (config.task.time - 1) // config.steps_per_window % config.batch_size
    text = f"The rows of a batch are successive steps of one sequence: a row sees one {window} in {config.batch_size}"
    if last_row and config.task.equal_lengths:
        return f"{text}, and its state knows nothing of the others. The row of the recall never sees the cue."
    return f"{text}, its state knows nothing of the others, and the gradient is cut after each window."


def _note_on_stateless(config: RunConfig, needed: int) -> str:
    if config.lags > 1:
        seen, sample = config.lags + config.context - 1, f"sample of {config.lags} time steps"
    else:
        last = (config.task.time - 1) % config.steps_per_window
        seen = last + config.context
        sample = "step" if config.window == 1 else f"window of {config.window} steps"
    text = f"The state begins again with every {sample}: at the recall the network knows {_symbols(seen)}"
    if seen < needed:
        return f"{text}, and the recall needs {needed}. However it is trained, it cannot pass that limit."
    return f"{text}, which holds the cue."


def _gradient_reach(config: RunConfig) -> int:
    """How many last symbols the gradient reaches back over from the last step of the longest sequence."""
    return (config.task.time - 1) % config.steps_per_window + config.lags + config.context - 1


def _note_on_reach(config: RunConfig) -> str:
    if not config.stateful:
        return (
            "A sample is a whole sequence here, so a state that begins again with each sample is the same as one that "
            "is kept and reset after each sequence: the gradient reaches the cue."
        )
    if config.steps_per_window < config.task.time:
        return "The gradient of an update reaches back to the cue, as the samples overlap."
    return "The gradient of an update goes back over the whole sequence, to the cue."


def _note_on_data(config: RunConfig) -> list[str]:
    notes = []
    if config.batch_size > 1:
        notes.append(f"An update averages over {config.batch_size} sequences, each on a row with a state of its own.")
    if config.shuffle:
        notes.append("Every epoch has a new order, so there is nothing to learn from the order.")
    return notes + config.task.notes()


def _symbols(count: int) -> str:
    return "the last symbol" if count == 1 else f"the last {count} symbols"
