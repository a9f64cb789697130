"""What may follow the last few symbols where fillers are fresh, in closed form."""

from __future__ import annotations

from collections.abc import Iterator

from seqmem.tasks.conflicting import ConflictingSequences

# What may follow a context, as (probability mass a presentation, symbols that share it equally).
Outcomes = list[tuple[float, int]]


def fresh_contexts(task: ConflictingSequences, order: int, window: int = 1) -> Iterator[tuple[Outcomes, Outcomes]]:
    """Yields, for each kind of context of the last `order` symbols, what follows it at all steps and at recall steps.

    With a window a context also holds what came before since the last multiple of `window` steps, and how long ago
    that is.

    Fillers are drawn independently and uniformly, so a context tells only whether it holds the cue (and then also
    where in the sequence it stands), and whether it ends in the trigger.
    """
    low, high = task.gap
    gap_mass = 1.0 / (high - low + 1)
    kinds = ("filler", "trigger", "recall", "recall after trigger")
    # a network that starts anew every so often knows at least its place since then
    hidden = [dict.fromkeys(kinds, 0.0) for _ in range(min(window, task.time))]
    for step in range(high + 1):
        longer = gap_mass * (high - max(step, low - 1))  # the share of sequences whose gap is beyond this step
        ending = gap_mass if low <= step else 0.0
        if step >= order + step % window:
            hidden[step % window]["filler"] += longer
            hidden[step % window]["trigger" if task.trigger else "recall"] += ending
        else:
            seen: Outcomes = [(longer, task.filler_count), (ending, 1)]
            yield seen, [] if task.trigger else [(ending, 1)]
        if task.trigger and ending:
            place = (step + 1) % window
            if step + 1 >= order + place:
                hidden[place]["recall after trigger"] += ending
            else:
                yield [(ending, 1)], [(ending, 1)]
    for masses in hidden:
        recall = [(masses["recall"], task.cues)]
        yield [(masses["filler"], task.filler_count), (masses["trigger"], 1), *recall], recall
        yield [(masses["recall after trigger"], task.cues)], [(masses["recall after trigger"], task.cues)]
