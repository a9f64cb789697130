"""What a run found, as plain values: everything that is drawn, stored or exported is drawn from here."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping
from typing import Any

from seqmem.config import RunConfig
from seqmem.criteria import verdict, wilson_interval
from seqmem.errors import UsageError
from seqmem.plain_values import from_plain, printable, to_plain
from seqmem.results_reading import check_parts, with_metrics
from seqmem.tasks.ceilings import Ceiling

SCHEMA = 1


@dataclasses.dataclass(frozen=True)
class Metrics:
    """How one replicate does on a set of sequences.

    Attributes:
        loss: Nats, mean over all steps.
        recall_loss: Nats, mean over recall steps; None where there are none.
        accuracy: Fraction of all steps whose largest output is the target.
        recall_accuracy: The same of recall steps; None where there are none.
        settled_accuracy: The same of settled steps; None where there are none.
        max_error: Largest distance of any output from its one-hot target at any settled step.
    """

    loss: float
    recall_loss: float | None
    accuracy: float
    recall_accuracy: float | None
    settled_accuracy: float | None
    max_error: float | None


@dataclasses.dataclass(frozen=True)
class Record:
    """One check: the metrics of every replicate after so many presentations; a line of `history.jsonl`.

    Attributes:
        presentations: Presentations so far of the replicates still training.
        loss, recall_loss, accuracy, recall_accuracy: One value a replicate; recall values None without recall steps,
            all None where a replicate has diverged.
        solved: Whether each replicate counts as solved by now.
    """

    presentations: int
    loss: tuple[float | None, ...]
    recall_loss: tuple[float | None, ...]
    accuracy: tuple[float | None, ...]
    recall_accuracy: tuple[float | None, ...]
    solved: tuple[bool, ...]


@dataclasses.dataclass(frozen=True)
class ReplicateResult:
    """What became of one replicate: its metrics on the reported evaluation, and when it was solved.

    Attributes:
        seed: The seed that alone makes this replicate.
        solved: Whether the criterion held, at the end of training and on the reported evaluation.
        diverged: Whether a weight or a loss stopped being a finite number.
        presentations: Presentations it was trained on.
        presentations_to_success: At which check it was solved; None where it was not.
        metrics: On the reported evaluation.
    """

    seed: int
    solved: bool
    diverged: bool
    presentations: int
    presentations_to_success: int | None
    metrics: Metrics


@dataclasses.dataclass(frozen=True)
class Prediction:
    """One sequence as one replicate predicts it, step by step, teacher-forced.

    Attributes:
        replicate: Number of the replicate, from 0.
        inputs, expected, predicted: The symbols of each step.
        probability: The largest output of each step.
        margin: How far the largest output is above the runner-up.
        error: Largest distance of any output from its one-hot target.
        settled, recall: Which steps are settled, and which need memory.
    """

    replicate: int
    inputs: tuple[str | int, ...]
    expected: tuple[str | int, ...]
    predicted: tuple[str | int, ...]
    probability: tuple[float, ...]
    margin: tuple[float, ...]
    error: tuple[float, ...]
    settled: tuple[bool, ...]
    recall: tuple[bool, ...]


@dataclasses.dataclass(frozen=True)
class Summary:
    """All replicates in a line.

    Attributes:
        replicates, solved: How many there are, and how many are solved.
        success_rate: Fraction solved.
        interval: Its Wilson 95 % interval.
        presentations_to_success: `median`, `min` and `max` over the solved replicates; None where none is solved.
        verdict: `solved`, `partly`, `memoryless`, `unsolved` or `diverged`.
    """

    replicates: int
    solved: int
    success_rate: float
    interval: tuple[float, float]
    presentations_to_success: dict[str, int | float] | None
    verdict: str


@dataclasses.dataclass(frozen=True)
class RunResult:
    """Everything a run found.

    Attributes:
        config: The settings it was run with.
        ceiling: What a predictor without memory can reach; the mean where replicates have sequences of their own.
        replicates: One result for each replicate.
        predictions: A few sequences as the first, the best and the worst replicate predict them.
        evaluation: `sequences` judged for each replicate, and whether they were `held_out` from training.
        cost: `updates` and `time_steps` that training took, all replicates together.
        history: The checks in order; kept in `history.jsonl`, not in `result.json`.
        control_ceiling: What any network can reach that sees no more than this recipe shows it; None where it sees all.
    """

    config: RunConfig
    ceiling: Ceiling
    replicates: tuple[ReplicateResult, ...]
    predictions: tuple[Prediction, ...]
    evaluation: dict[str, Any]
    cost: dict[str, int]
    history: tuple[Record, ...] = ()
    control_ceiling: Ceiling | None = None

    @property
    def summary(self) -> Summary:
        """The replicates in a line."""
        solved = [one for one in self.replicates if one.solved]
        counts = [one.presentations_to_success for one in solved if one.presentations_to_success is not None]
        spread = {"median": statistics.median(counts), "min": min(counts), "max": max(counts)} if counts else None
        return Summary(
            replicates=len(self.replicates),
            solved=len(solved),
            success_rate=len(solved) / len(self.replicates),
            interval=wilson_interval(len(solved), len(self.replicates)),
            presentations_to_success=spread,
            verdict=verdict(self.replicates, self.ceiling),
        )

    def to_json(self) -> dict[str, Any]:
        """Returns the content of `result.json`; numbers that are not finite become None."""
        replicates = [to_plain(one) for one in self.replicates]
        for one in replicates:
            one.update(one.pop("metrics"))
        return {
            "schema": SCHEMA,
            "config": self.config.to_settings(),
            "ceiling": to_plain(self.ceiling),
            "summary": to_plain(self.summary),
            "control_ceiling": to_plain(self.control_ceiling),
            "replicates": replicates,
            "evaluation": to_plain(self.evaluation),
            "predictions": to_plain(self.predictions),
            "cost": to_plain(self.cost),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], history: tuple[Record, ...] = ()) -> RunResult:
        """Builds a result from the content of `result.json`, which may come from a stranger.

        Raises:
            ValueError: If a key is missing, a value is not of its type, or two parts do not fit together.
        """
        if document.get("schema") != SCHEMA:
            raise ValueError(f"schema {document.get('schema')!r} is not {SCHEMA}, the one this version reads")
        if absent := {"config", "ceiling", "replicates", "evaluation", "predictions", "cost"} - document.keys():
            raise ValueError(f"has no {min(absent)}")
        try:
            config = RunConfig.from_settings(from_plain(dict[str, Any], document["config"], "config"))
        except UsageError as error:
            raise ValueError(f"config: {error}") from None
        names = [field.name for field in dataclasses.fields(Metrics)]
        replicates = from_plain(tuple[dict[str, Any], ...], document["replicates"], "replicates")
        result = cls(
            config=config,
            ceiling=from_plain(Ceiling, document["ceiling"], "ceiling"),
            replicates=tuple(from_plain(ReplicateResult, with_metrics(one, names), "replicates") for one in replicates),
            predictions=from_plain(tuple[Prediction, ...], document["predictions"], "predictions"),
            evaluation=printable(
                from_plain(dict[str, bool | int | float | str | None], document["evaluation"], "evaluation")
            ),
            cost=printable(from_plain(dict[str, int], document["cost"], "cost")),
            history=history,
            # results written before there were controls have none
            control_ceiling=from_plain(Ceiling | None, document.get("control_ceiling"), "control_ceiling"),
        )
        check_parts(result)
        return result


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a run stands, after each compiled chunk.

    Attributes:
        presentations: Presentations so far.
        budget: Presentations at most.
        solved: Replicates that count as solved by now.
        replicates: How many there are.
        record: The check that was just made, or None.
    """

    presentations: int
    budget: int
    solved: int
    replicates: int
    record: Record | None = None
