"""States over time and the units that keep the cue, as plain values."""

from __future__ import annotations

import dataclasses

from seqmem.results.drawing import Drawn

Symbol = str | int


@dataclasses.dataclass(frozen=True)
class Recall:
    """Recall with some units silenced, or with none.

    Attributes:
        accuracy: Fraction of recall steps right.
        loss: Nats, mean over recall steps.
        remembers: Whether this is evidence of memory, by the rule for replicates.
        forgotten: Whether it is no better than guessing: p above 0.05, a loss that shows no memory, and an accuracy
            less than a tenth of the way from the baseline to 1. Some results are neither.
    """

    accuracy: float
    loss: float
    remembers: bool
    forgotten: bool


@dataclasses.dataclass(frozen=True)
class ShownSequence:
    """One of two sequences whose states are drawn.

    Attributes:
        cue: The target of its last recall step.
        inputs: The input of each recorded step.
    """

    cue: Symbol
    inputs: tuple[Symbol, ...]


@dataclasses.dataclass(frozen=True)
class UnitState:
    """One state of a unit over time, with a value after each recorded step.

    Attributes:
        name: The state of the cell: `h`, `c`.
        tells: How well it alone tells the cue: the area under the ROC curve, from 0.5 to 1, as a mean over all pairs of
            cues. NaN where fewer than two cues are left.
        values: Its values in each of the shown sequences.
    """

    name: str
    tells: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]


@dataclasses.dataclass(frozen=True)
class UnitResult:
    """How much one unit tells of the cue, and how much it is needed.

    Attributes:
        name: Its number from 0; `layer.unit` with several layers.
        tells: How well it alone tells the cue after the last recall step, by the best of its states.
        above_chance: Whether this is more than any unit reached with shuffled cues.
        silenced: Recall without it.
        states: Its states over time.
    """

    name: str
    tells: float
    above_chance: bool
    silenced: Recall
    states: tuple[UnitState, ...]

    @property
    def memory(self) -> UnitState:
        """The state that is drawn: `c`, else the last."""
        # the output gate may hide the `c` of an LSTM from its `h` while the cue is kept
        return next((state for state in self.states if state.name == "c"), self.states[-1])


@dataclasses.dataclass(frozen=True)
class StatesResult(Drawn):
    """Where one replicate keeps the cue.

    The cue of a sequence is the target of its last recall step. A unit is silenced by setting its states, before every
    step, to their mean over sequences of all cues.

    Attributes:
        replicate: Its number, from 0.
        seed: Its seed.
        sequences: Number of sequences for the figures.
        tried: Number of other sequences, on which units were silenced one by one and the carriers selected; 0 if these
            are the same sequences.
        strings: Number of strings of fillers among them, each after several cues; for other tasks of groups.
        group_words: The task's name of such a string, in two parts: `string`, `of fillers`.
        cues: The cues of these sequences.
        baseline: Recall accuracy of the best predictor without memory.
        time: Steps of the longer of the two sequences shown.
        steps: The recorded steps, from 1: all, or evenly spread.
        shown: Two sequences with the same fillers and different cues.
        units: The units examined: the carriers first, then those with the largest loss when silenced.
        unit_count: Number of all units.
        chance: Mean of `tells` for shuffled cues. None with so few strings that any difference between two sequences
            tells the cue.
        most_by_chance: The largest `tells` of any unit in any of `shuffles` shuffles.
        shuffles: Number of shuffles of the cues.
        intact: Recall with nothing silenced.
        kept_by: The units that carry the cue: the smallest set found without which the cue is forgotten. Empty if the
            replicate does not remember the cue, or if no small set carries it.
        without: Recall with all of `kept_by` silenced; if that is empty, with all units that tell the cue silenced.
        alone: Recall with all units except `kept_by` silenced; None if that is empty.
    """

    replicate: int
    seed: int
    sequences: int
    tried: int
    strings: int
    group_words: tuple[str, str]
    cues: tuple[Symbol, ...]
    baseline: float
    time: int
    steps: tuple[int, ...]
    shown: tuple[ShownSequence, ...]
    units: tuple[UnitResult, ...]
    unit_count: int
    chance: float | None
    most_by_chance: float
    shuffles: int
    intact: Recall
    kept_by: tuple[str, ...]
    without: Recall
    alone: Recall | None


def evenly_picked(count: int, room: int) -> list[int]:
    """Returns which of `count` steps are drawn where there is room for `room`: all, or evenly spread with both ends."""
    if count <= room:
        return list(range(count))
    return [round(at * (count - 1) / (room - 1)) for at in range(room)]
