"""All settings of a run, in one frozen value."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from seqmem.cells.cell import CellName
from seqmem.config.defaults import fill_in
from seqmem.errors import SettingError, UsageError, did_you_mean, one_line
from seqmem.judge.criterion import CriterionText
from seqmem.settings import Choice, Flag, InitText, Integer, Number, Window, read_settings, setting, settings_of
from seqmem.tasks import TASKS, ConflictingSequences, ExplicitSequences
from seqmem.tasks.layout import Arrangement


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """A complete run: the task, the network, how it is trained and when it counts as solved."""

    task: Any = dataclasses.field(default_factory=ConflictingSequences)

    cell: str = setting(
        "lstm",
        CellName(),
        "The recurrent cell; mlp has no memory; a Keras cell of your own as module:Class.",
        "Network",
    )
    units: int = setting(20, Integer(1, 8192), "Units of the cell.", "Network")
    layers: int = setting(1, Integer(1, 64), "Cells on top of each other.", "Network")
    context: int = setting(1, Integer(1, 10_000), "Symbols in an input vector: the last ones.", "Network")
    init: str = setting(
        None,
        InitText(optional=True),
        "Keras' own start, time spans up to the sequence's, or all weights from -X to X "
        "[default: chrono for lstm and gru without forget-bias, else glorot].",
        "Network",
    )
    forget_bias: float | None = setting(
        None, Number(-1000.0, 1000.0, optional=True), "Bias of lstm's forget gate [default: 1, Keras' own].", "Network"
    )
    head: str = setting(
        "softmax",
        Choice(("sigmoid", "softmax")),
        "Sigmoid outputs with binary cross-entropy, or softmax with cross-entropy.",
        "Network",
    )

    window: int | None = setting(None, Window(), "Steps per update: the gradient reaches no further back.", "Training")
    stateful: bool = setting(
        True,
        Flag(off="stateless"),
        "Keep the state to the end of a sequence, or start anew with every window or sample.",
        "Training",
    )
    batch_size: int = setting(1, Integer(1, 4096), "Rows side by side, each with its own state.", "Training")
    rows: str = setting(
        "sequences",
        Choice(("sequences", "steps")),
        "What the rows of a batch are: sequences, or successive windows of one sequence.",
        "Training",
    )
    lags: int = setting(1, Integer(1, 10_000), "Time steps of a sample, each of which predicts one symbol.", "Training")
    shuffle: bool = setting(False, Flag(), "Draw a new order of the sequences for each epoch.", "Training")
    loss_at: str = setting(
        None,
        Choice(("all", "recall", "balanced"), optional=True),
        "Train at all steps, at recall steps only, or at all with recall steps weighing as much as all others together "
        "[default: recall for a gap above 5 or fresh fillers, else all].",
        "Training",
    )
    optimizer: str = setting("adam", Choice(("adam", "rmsprop", "sgd")), "Keras' optimizer.", "Training")
    learning_rate: float = setting(0.01, Number(0.0, 1000.0), "The optimizer's learning rate.", "Training")
    clip_norm: float | None = setting(
        None, Number(0.0, optional=True), "Clip each replicate's gradient to this norm.", "Training"
    )
    epochs: int | None = setting(
        None,
        Integer(1, optional=True),
        "Budget: each sequence is presented once an epoch [default: 1000, and 500 more for every tenfold gap].",
        "Training",
    )
    presentations: int | None = setting(
        None, Integer(1, optional=True), "Budget in presentations, in place of epochs.", "Training"
    )
    criterion: str = setting("error:0.25", CriterionText(), "What counts as solved.", "Training")
    stop: bool = setting(True, Flag(), "End a replicate as soon as it is solved.", "Training")
    check_every: int = setting(
        None,
        Integer(1, optional=True),
        "Presentations between checks [default: a hundredth of the budget].",
        "Training",
    )
    replicates: int = setting(1, Integer(1, 10_000), "Runs side by side, each from a seed of its own.", "Training")
    seed: int = setting(0, Integer(0, 2**31 - 1), "Seed of the first replicate.", "Training")

    def __post_init__(self) -> None:
        read_settings(self)
        if self.epochs is not None and self.presentations is not None:
            raise SettingError("presentations", self.presentations, "cannot be given together with epochs")
        fill_in(self)
        if self.budget > 2**31 - 1:
            raise SettingError("epochs", self.epochs, f"makes {self.budget} presentations, more than {2**31 - 1}")
        if self.loss_at != "all" and not self.task.sequences_with_recall:
            raise SettingError(
                "loss_at", self.loss_at, "this task has no recall step: the last symbol tells every target"
            )
        check_network(self)
        check_recipe(self)
        if self.sequences_per_batch > self.budget:
            raise SettingError("batch_size", self.batch_size, f"must be at most the budget of {self.budget}")
        if self.seed + self.replicates > 2**31:
            raise SettingError("seed", self.seed, f"must be at most {2**31 - self.replicates} for this many replicates")

    @property
    def budget(self) -> int:
        """Presentations for each replicate at most."""
        return self.presentations or self.epochs * self.task.epoch_size

    @property
    def sequences_per_batch(self) -> int:
        """Sequences presented at a time."""
        return self.batch_size if self.rows == "sequences" else 1

    @functools.cached_property
    def arrangement(self) -> Arrangement:
        """How the steps of a sequence are laid out for the network."""
        rows = self.batch_size if self.rows == "steps" else 1
        return Arrangement(self.task.time, self.steps_per_window, self.lags, self.context, rows, self.stateful)

    @property
    def updates(self) -> int:
        """Batches in the whole budget; a last batch that would not be full is left out."""
        return self.budget // self.sequences_per_batch

    @property
    def check_interval(self) -> int:
        """Batches from one check to the next."""
        return min(max(1, self.check_every // self.sequences_per_batch), self.updates)

    @property
    def steps_per_window(self) -> int:
        """Steps of a sequence that one update sees; with lags each is a sample of several time steps."""
        return min(self.window or self.task.time, self.task.time)

    @property
    def seeds(self) -> range:
        """The seed of each replicate."""
        return range(self.seed, self.seed + self.replicates)

    def to_settings(self) -> dict[str, Any]:
        """Returns all settings as one flat dictionary that JSON and TOML can hold; those not set are left out."""
        written = {"task": self.task.name}
        for part in (self.task, self):
            for field in settings_of(type(part)):
                value = field.metadata["kind"].write(getattr(part, field.name))
                if value is not None:
                    written[field.name] = value
        return written

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> RunConfig:
        """Builds a config from a flat dictionary; the opposite of `to_settings`.

        The task is the one that `task` names, or the user's own where `sequences` is given.

        Raises:
            UsageError: If a key is unknown or does not belong to this task.
            SettingError: If a value is not allowed.
        """
        task_name = settings.get("task", "explicit" if "sequences" in settings else "conflicting")
        task_class = TASKS[Choice(tuple(TASKS)).read("task", task_name)]
        own = [field.name for field in settings_of(task_class)]
        general = [field.name for field in settings_of(cls)]
        for key in settings:
            if key not in own and key not in general and key != "task":
                raise _stray_key(key, settings[key], task_class)
        task = task_class(**{key: settings[key] for key in own if key in settings})
        return cls(task=task, **{key: settings[key] for key in general if key in settings})


def setting_fields() -> dict[str, dataclasses.Field[Any]]:
    """Returns every setting there is by name, the tasks' first, each once."""
    return {field.name: field for cls in (*TASKS.values(), RunConfig) for field in settings_of(cls)}


def _stray_key(key: str, value: Any, task_class: Any) -> UsageError:
    known = setting_fields()
    if key not in known:
        return UsageError(f"unknown setting '{one_line(key, 60)}'{did_you_mean(key, known)}")
    if task_class is ExplicitSequences:
        return SettingError(key, value, "does not go with sequences of your own: they say it themselves")
    return SettingError(key, value, f"does not go with the {task_class.name} task")


def check_recipe(config: Any) -> None:
    """Raises SettingError where settings of training contradict each other.

    Args:
        config: A `RunConfig`.
    """
    if config.cell == "mlp":
        if not config.stateful:
            raise SettingError("stateful", False, "an mlp has no state to keep or to start anew")
        if config.lags > 1:
            raise SettingError("lags", config.lags, "an mlp sees nothing of earlier time steps: give it a context")
    if config.rows == "steps":
        if config.batch_size < 2:
            raise SettingError("rows", "steps", "needs a batch_size of at least 2: that many rows")
        if config.window is None:
            raise SettingError("rows", "steps", "needs a window, such as 1: the windows of a sequence become the rows")


def check_network(config: Any) -> None:
    """Raises SettingError where a setting means nothing to the cell.

    Args:
        config: A `RunConfig`.
    """
    cell = config.cell
    if config.forget_bias is not None:
        if cell != "lstm":
            raise SettingError(
                "forget_bias", config.forget_bias, f"only lstm has a forget gate with a bias, not {cell}"
            )
        if config.init == "chrono":
            raise SettingError("forget_bias", config.forget_bias, "does not go with init = chrono, which draws it")
    if config.init == "chrono" and cell not in ("lstm", "gru"):
        raise SettingError("init", "chrono", f"needs a cell with a gate that holds its state, lstm or gru, not {cell}")
