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
        remembers: Whether that is memory, by the rule of evidence that replicates are judged by.
        forgotten: Whether it is no better than guessing: p above 0.05, a loss that shows no memory, and an accuracy
            less than a tenth of the way from the baseline to 1. Between the two there is a doubt.
    """

    accuracy: float
    loss: float
    remembers: bool
    forgotten: bool


@dataclasses.dataclass(frozen=True)
class ShownSequence:
    """One of two sequences whose states are drawn.

    Attributes:
        cue: What its last recall step asks for.
        inputs: The symbol that each step on record sees.
    """

    cue: Symbol
    inputs: tuple[Symbol, ...]


@dataclasses.dataclass(frozen=True)
class UnitState:
    """One number of a unit over time; a value for each step on record, as it stands after that step.

    Attributes:
        name: Which state of the cell: `h`, `c`.
        tells: How well it alone tells the cue: the area under the ROC curve, from 0.5 to 1; its mean over all pairs of
            cues where there are more than two. NaN where fewer than two cues are left.
        values: In each of the shown sequences.
    """

    name: str
    tells: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]


@dataclasses.dataclass(frozen=True)
class UnitResult:
    """What one unit has to do with the cue.

    Attributes:
        name: Its number from 0; `layer.unit` where there are several layers.
        tells: How well it alone tells the cue after the last recall step: the best of its states.
        above_chance: Whether that is more than any unit had by chance.
        silenced: What recall becomes without it.
        states: Its states over time.
    """

    name: str
    tells: float
    above_chance: bool
    silenced: Recall
    states: tuple[UnitState, ...]

    @property
    def memory(self) -> UnitState:
        """What is drawn: the state that its cell calls `c`, else the last."""
        # an LSTM's `h` is its `c` seen through a gate, which may be shut while the cue is kept
        return next((state for state in self.states if state.name == "c"), self.states[-1])


@dataclasses.dataclass(frozen=True)
class StatesResult(Drawn):
    """Where one replicate keeps the cue.

    The cue of a sequence is what its last recall step asks for. To silence a unit is to set its states, before every
    step, to their mean over sequences of all cues.

    Attributes:
        replicate: Its number, from 0.
        seed: Its seed.
        sequences: How many it was measured on.
        tried: How many others the carriers were chosen on, and single units silenced on; 0 where it is the same ones.
        strings: How many strings of fillers these share, each after several cues; of other tasks their groups.
        group_words: What the task calls such a string, in two parts: `string`, `of fillers`.
        cues: The cues that they ask for.
        baseline: Recall accuracy of the best predictor without memory.
        time: Steps of the longest sequence.
        steps: Those on record, from 1: all of them, or evenly spread.
        shown: Two sequences with the same fillers and different cues.
        units: Those looked at: the carriers first, then those whose silencing costs most.
        unit_count: How many units there are.
        chance: How well a unit tells shuffled cues: the mean. None where strings are so few that any difference between
            two sequences tells the cue.
        most_by_chance: The most that any unit reached in any of `shuffles` shuffles.
        shuffles: How often the cues were shuffled.
        intact: Recall with nothing silenced.
        kept_by: The units that carry the cue: the fewest found without which the cue is forgotten. Empty where it
            does not remember in the first place, or where no few units carry it.
        without: Recall with all of `kept_by` silenced; where that is empty, with all units that tell the cue silenced.
        alone: Recall with all units but `kept_by` silenced; None where that is empty.
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
