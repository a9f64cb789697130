"""Results of judging a stored run again, as plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from seqmem.results.drawing import Drawn
from seqmem.results.json import escape_control_characters, from_plain, to_plain
from seqmem.results.run import RunResult
from seqmem.results.states import StatesResult
from seqmem.settings import settings_of

PER_REPLICATE = ("recall_accuracy", "cue_accuracy", "recall_loss", "p_value", "remembers")


@dataclasses.dataclass(frozen=True)
class GapResult:
    """Recall over one gap, trained or not, with one value per replicate.

    Attributes:
        gap: Fillers between cue and recall.
        trained: Whether the network was trained on this gap.
        baseline: Recall accuracy of the best predictor without memory.
        recall_accuracy: Fraction of recall steps right.
        cue_accuracy: Fraction of recall steps where the right cue has the largest output among the cues. A network
            that remembers the cue, but recalls it at the wrong step, is right here.
        recall_loss: Nats, mean over recall steps.
        p_value: Probability of recalling at least as many strings of fillers by guessing.
        remembers: Whether this is evidence of memory: by `p_value`, corrected for the number of gaps and replicates,
            or by the loss.
    """

    gap: int
    trained: bool
    baseline: float
    recall_accuracy: tuple[float, ...]
    cue_accuracy: tuple[float, ...]
    recall_loss: tuple[float, ...]
    p_value: tuple[float, ...]
    remembers: tuple[bool, ...]


@dataclasses.dataclass(frozen=True)
class FreeRun:
    """A network running free: each prediction is its next input.

    Attributes:
        replicate: Number of the replicate, from 0.
        prompt: The symbols it was given.
        generated: The symbols it generated.
        probability: The largest output at each of them.
        expected: The continuation in the task; shorter than `generated` where the sequence ends.
    """

    replicate: int
    prompt: tuple[str | int, ...]
    generated: tuple[str | int, ...]
    probability: tuple[float, ...]
    expected: tuple[str | int, ...]


@dataclasses.dataclass(frozen=True)
class EvalResult(Drawn):
    """A stored run judged again; the content of `seqmem eval --json`.

    Attributes:
        run: The result on the requested sequences, with the settings that they come from.
        gaps: Recall over other gaps; empty if not requested.
        free_runs: Free-running sequences; empty if not requested.
        states: Where one replicate keeps the cue; None if not requested.
        own_task: Whether the sequences are those of the run's task. On others there are scores and evidence, but no
            verdict on the network.
        model: Name of a network that no run has trained; empty for a stored run. Of the settings of `run`, only the
            task, head, criterion, trained steps, context and seeds apply to it.
    """

    run: RunResult
    gaps: tuple[GapResult, ...] = ()
    free_runs: tuple[FreeRun, ...] = ()
    own_task: bool = True
    model: str = ""
    states: StatesResult | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the document of the run with all requests; on other sequences without a verdict."""
        document = self.run.to_json()
        if not self.own_task:
            document["summary"]["verdict"] = None
        if self.model:
            # the other settings are mere defaults
            own = {"task", "head", "criterion", "loss_at", "context", "seed", "replicates"}
            own |= {field.name for field in settings_of(type(self.run.config.task))}
            document["config"] = {name: value for name, value in document["config"].items() if name in own}
            document["model"] = self.model
        return {
            **document,
            "gaps": to_plain(self.gaps),
            "free_runs": to_plain(self.free_runs),
            "states": to_plain(self.states),
            "own_task": self.own_task,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> EvalResult:
        """Builds a result from the output of `to_json`, which may come from a stranger.

        Raises:
            ValueError: As `RunResult.from_json`, and if gaps, free runs or `own_task` are missing.
        """
        run = RunResult.from_json(document)
        # `model` and `states` may be absent: earlier versions wrote none
        if absent := {"gaps", "free_runs", "own_task"} - document.keys():
            raise ValueError(f"has no {min(absent)}")
        gaps = from_plain(tuple[GapResult, ...], document["gaps"], "gaps")
        rows = [[getattr(gap, name) for name in PER_REPLICATE] for gap in gaps]
        if any(len(values) != len(run.replicates) for row in rows for values in row):
            raise ValueError("gaps must have a value of each kind for every replicate")
        free_runs = from_plain(tuple[FreeRun, ...], document["free_runs"], "free_runs")
        own_task = from_plain(bool, document["own_task"], "own_task")
        model = escape_control_characters(from_plain(str, document.get("model", ""), "model"))
        states = from_plain(StatesResult | None, document.get("states"), "states")
        if states is not None and not _can_be_drawn(states):
            raise ValueError("states must have two sequences, and a value of each unit for every step of both")
        return cls(run, gaps, free_runs, own_task, model, states)


def _can_be_drawn(states: StatesResult) -> bool:
    steps = len(states.steps)
    rows = [state.values for unit in states.units for state in unit.states]
    return (
        len(states.shown) == 2
        and bool(states.units)
        and all(unit.states for unit in states.units)
        and all(len(shown.inputs) == steps for shown in states.shown)
        and all(len(values) == 2 and {len(row) for row in values} == {steps} for values in rows)
    )
