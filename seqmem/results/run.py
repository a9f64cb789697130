"""Results of a run, as plain values."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.judge.baseline import Baseline as Baseline
from seqmem.judge.metrics import Metrics
from seqmem.judge.verdict import VERDICTS
from seqmem.results.drawing import Drawn, modelling
from seqmem.results.json import escape_control_characters, from_plain, to_plain
from seqmem.results.summary import ReplicateResult, RunSummary, finite, summarise
from seqmem.results.version_0_1 import of_this_schema

SCHEMA = 2


@dataclasses.dataclass(frozen=True)
class Record:
    """One check: the metrics of every replicate after N presentations; a line of `history.jsonl`.

    Attributes:
        presentations: Presentations so far of the replicates still training.
        loss, recall_loss, accuracy, recall_accuracy: One value per replicate; recall values are None without recall
            steps; a diverged replicate has None throughout.
        solved: Whether each replicate counts as solved by now.
    """

    presentations: int
    loss: tuple[float | None, ...]
    recall_loss: tuple[float | None, ...]
    accuracy: tuple[float | None, ...]
    recall_accuracy: tuple[float | None, ...]
    solved: tuple[bool, ...]

    @classmethod
    def of(cls, presentations: int, metrics: Sequence[Metrics], solved: tuple[bool, ...]) -> Record:
        """Returns the record of a check; values that are not finite become None."""
        names = ("loss", "recall_loss", "accuracy", "recall_accuracy")
        columns = {name: tuple(finite(getattr(metric, name)) for metric in metrics) for name in names}
        return cls(presentations=presentations, solved=solved, **columns)


@dataclasses.dataclass(frozen=True)
class Account:
    """The account of one replicate in training.

    Attributes:
        presentations: Presentations that it was trained on.
        met_at: Presentations at the check since which it counted as solved; None if it did not, or was not checked.
        diverged: Whether its loss stopped being a finite number at a check.
        looked: Whether training checked for this criterion on this task; if so, a replicate that did not meet it in
            training does not count as solved.
    """

    presentations: int
    met_at: int | None
    diverged: bool
    looked: bool = True


@dataclasses.dataclass(frozen=True)
class JudgedOn:
    """The sequences of the reported evaluation.

    Attributes:
        sequences: Number of judged sequences per replicate.
        different: Number of different ones, of all replicates together; None if not counted.
        trained_on: How many of these were shown to their replicate in training; None if not counted.
        exhaustive: Whether they are all sequences of the task.
    """

    sequences: int
    different: int | None
    trained_on: int | None
    exhaustive: bool


@dataclasses.dataclass(frozen=True)
class Prediction:
    """The predictions of one replicate for one sequence, step by step, teacher-forced.

    Attributes:
        replicate: Number of the replicate, from 0.
        inputs, expected, predicted: The symbols of each step; `expected` is None where there is no target.
        probability: The largest output of each step.
        margin: How far the largest output is above the runner-up.
        error: Largest distance of any output from its one-hot target.
        settled, recall: Whether each step is settled, and whether it is a recall step.
    """

    replicate: int
    inputs: tuple[str | int, ...]
    expected: tuple[str | int | None, ...]
    predicted: tuple[str | int, ...]
    probability: tuple[float, ...]
    margin: tuple[float, ...]
    error: tuple[float, ...]
    settled: tuple[bool, ...]
    recall: tuple[bool, ...]


@dataclasses.dataclass(frozen=True)
class RunResult(Drawn):
    """The result of a run.

    Attributes:
        config: The settings of the run.
        baseline: The best scores without memory; the mean if each replicate has its own sequences.
        replicates: One result per replicate.
        predictions: Predictions of the first, the best and the worst replicate for a few sequences.
        evaluation: The sequences that were judged.
        cost: `updates` and `time_steps` of training, all replicates together.
        history: The checks in order; stored in `history.jsonl`, not in `result.json`.
        recipe_limit: The best scores of any network that sees no more than this recipe shows; None if it shows all.
        judged: Verdict stored by version 0.1, which had no evidence; None in results of this version.
        path: The run directory, if known; not stored.
        sequences_option: The options that named files of sequences, if any; not stored.
    """

    config: RunConfig
    baseline: Baseline
    replicates: tuple[ReplicateResult, ...]
    predictions: tuple[Prediction, ...]
    evaluation: JudgedOn
    cost: dict[str, int]
    history: tuple[Record, ...] = ()
    recipe_limit: Baseline | None = None
    judged: str | None = None
    path: PurePath | None = dataclasses.field(default=None, compare=False)
    sequences_option: str | None = dataclasses.field(default=None, compare=False)

    @functools.cached_property
    def summary(self) -> RunSummary:
        """The replicates in one row."""
        return summarise(self.replicates, self.baseline, self.judged)

    def keras_model(self, replicate: int | str = "best", stateful: bool = True) -> Any:
        """Returns one replicate (a number, `best` or `worst`) as a Keras model; see `build_keras_model`."""
        return modelling(self, replicate, stateful)

    def to_json(self) -> dict[str, Any]:
        """Returns the content of `result.json`; numbers that are not finite become None."""
        replicates = [to_plain(replicate) for replicate in self.replicates]
        for replicate in replicates:
            replicate.update(replicate.pop("metrics"))
        return {
            "schema": SCHEMA,
            "config": self.config.to_settings(),
            "baseline": to_plain(self.baseline),
            "summary": to_plain(self.summary.outcome()),
            "recipe_limit": to_plain(self.recipe_limit),
            "judged": self.judged,
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
        document = of_this_schema(document, SCHEMA)
        if absent := {"config", "baseline", "replicates", "evaluation", "predictions", "cost"} - document.keys():
            raise ValueError(f"has no {min(absent)}")
        try:
            config = RunConfig.from_settings(from_plain(dict[str, Any], document["config"], "config"))
        except UsageError as error:
            raise ValueError(f"config: {error}") from None
        names = [field.name for field in dataclasses.fields(Metrics)]
        replicates = from_plain(tuple[dict[str, Any], ...], document["replicates"], "replicates")
        result = cls(
            config=config,
            baseline=from_plain(Baseline, document["baseline"], "baseline"),
            replicates=tuple(
                from_plain(ReplicateResult, with_metrics(replicate, names), "replicates") for replicate in replicates
            ),
            predictions=from_plain(tuple[Prediction, ...], document["predictions"], "predictions"),
            evaluation=from_plain(JudgedOn, document["evaluation"], "evaluation"),
            cost=escape_control_characters(from_plain(dict[str, int], document["cost"], "cost")),
            history=history,
            recipe_limit=from_plain(Baseline | None, document.get("recipe_limit"), "recipe_limit"),
            judged=from_plain(str | None, document.get("judged"), "judged"),
        )
        check_parts(result)
        return result


@dataclasses.dataclass(frozen=True)
class Progress:
    """Progress of a run, after each compiled chunk.

    Attributes:
        presentations, budget: Presentations so far, and their largest number.
        solved, replicates: Replicates that count as solved so far, and all.
        baseline: The best scores without memory, as a mean over the replicates.
        record: The check that was just made, or None.
    """

    presentations: int
    budget: int
    solved: int
    replicates: int
    baseline: Baseline
    record: Record | None = None


def with_metrics(document: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Moves the metrics of a replicate, which `result.json` holds beside the rest, under a key `metrics`."""
    rest, metrics = ({key: document[key] for key in document if (key in names) is wanted} for wanted in (False, True))
    return rest | {"metrics": metrics}


def check_parts(result: RunResult) -> None:
    """Raises ValueError unless the parts of a `RunResult` fit its settings and each other."""
    if [replicate.seed for replicate in result.replicates] != list(result.config.seeds):
        raise ValueError("replicates do not have the seeds of the settings")
    if result.judged is not None and result.judged not in VERDICTS:
        raise ValueError("judged must be the name of a verdict")
    for replicate in result.replicates:
        counts = [replicate.presentations, replicate.presentations_to_success, replicate.met_at, replicate.missed]
        counts += [replicate.metrics.recall_right, replicate.metrics.recall_steps]
        if any(count is not None and not 0 <= count < 2**63 for count in counts):
            raise ValueError("replicates must have counts that a run can reach")
    if not {"updates", "time_steps"} <= result.cost.keys():
        raise ValueError("cost has no updates or no time_steps")
    shown, answers = set(result.config.task.input_symbols), set(result.config.task.output_symbols)
    for prediction in result.predictions:
        steps = [values for name, values in vars(prediction).items() if name != "replicate"]
        if not prediction.inputs or len({len(values) for values in steps}) > 1:
            raise ValueError("predictions must have a value of each kind for every step")
        if prediction.replicate >= len(result.replicates):
            raise ValueError(f"predictions are of replicate {prediction.replicate}, which does not exist")
        wanted = tuple(symbol for symbol in prediction.expected if symbol is not None)
        # of a stranger's file, only symbols of its own task are drawn
        stray = set(map(str, prediction.inputs)) - shown | set(map(str, wanted + prediction.predicted)) - answers
        if stray:
            raise ValueError(f"predictions hold {min(stray)!r}, which is not in the alphabet")
