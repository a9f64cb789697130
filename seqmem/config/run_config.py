"""All settings of a run, in one frozen value."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Collection, Iterator
from typing import Any

from seqmem.cells import CELLS, CellKind, read_cell
from seqmem.cells.cell import Cell
from seqmem.cells.lstm import LSTM
from seqmem.config.defaults import default_check_every, default_epochs, default_loss_at
from seqmem.config.join import JoinText
from seqmem.config.recipe import Recipe
from seqmem.errors import SettingError, UsageError, did_you_mean, one_line
from seqmem.judge.criterion import Criterion, CriterionText
from seqmem.settings import (
    Choice,
    Flag,
    Init,
    InitText,
    Integer,
    Number,
    Settings,
    Value,
    Window,
    read_settings,
    setting,
    settings_of,
)
from seqmem.tasks import TASKS, ConflictingSequences, Task, task_kind
from seqmem.tasks import task_of as task_of
from seqmem.tasks.layout import Layout


@dataclasses.dataclass(frozen=True)
class RunConfig(Recipe):
    """A complete run: the task, the network, how it is trained and when it counts as solved."""

    task: Task = dataclasses.field(default_factory=ConflictingSequences)
    cell: Cell = setting(
        LSTM(),
        CellKind(),
        f"{', '.join(f'{name} ({cell.summary})' for name, cell in CELLS.items())}, or a Keras cell of your own.",
        "Network",
    )
    units: int = setting(20, Integer(1, 8192), "Units of the cell.", "Network")
    layers: int = setting(1, Integer(1, 64), "Number of stacked cells.", "Network")
    context: int = setting(1, Integer(1, 10_000), "How many of the latest symbols an input vector holds.", "Network")
    init: Init = setting(
        None,
        InitText(optional=True),
        "Initial weights: Keras' own (glorot), gates open up to the sequence's length (chrono), or uniform in [-X, X] "
        "[default: chrono for lstm and gru without forget-bias, else glorot].",
        "Network",
    )
    head: str = setting(
        "softmax",
        Choice(("sigmoid", "softmax")),
        "Sigmoid outputs with binary cross-entropy, or softmax with cross-entropy.",
        "Network",
    )
    head_bias: bool = setting(True, Flag(), "Give each output a bias.", "Network")
    head_inputs: bool = setting(False, Flag(), "Let the outputs see the input vector beside the cell.", "Network")

    gradient: str = setting(
        "bptt",
        Choice(("bptt", "traces")),
        "Backpropagation through time, or eligibility traces: updates at every step, whose gradient no window cuts.",
        "Training",
    )
    window: int | None = setting(None, Window(), "Steps per update: the gradient reaches no further back.", "Training")
    stateful: bool = setting(
        True,
        Flag(off="stateless"),
        "Keep the state to the end of a sequence, or start again with every window or sample.",
        "Training",
    )
    batch_size: int = setting(1, Integer(1, 4096), "Rows side by side, each with its own state.", "Training")
    rows: str = setting(
        "sequences",
        Choice(("sequences", "steps")),
        "What the rows of a batch are: sequences, or successive windows of one sequence.",
        "Training",
    )
    lags: int = setting(1, Integer(1, 10_000), "Time steps of a sample; only the last predicts.", "Training")
    shuffle: bool = setting(False, Flag(), "Draw a new order of the sequences for each epoch.", "Training")
    loss_at: str = setting(
        None,
        Choice(("all", "recall", "balanced"), optional=True),
        "Train at all steps, at recall steps only, or at all with recall steps weighing as much as all others together "
        "[default: recall for a gap above 5 or fresh fillers, else all].",
        "Training",
    )
    loss_function: str = setting(
        "cross-entropy",
        Choice(("cross-entropy", "squared")),
        "Train, and measure loss, by cross-entropy, or by half the squared error of sigmoid outputs.",
        "Training",
    )
    cell_joins: str | int | None = setting(
        None,
        JoinText(),
        "When the cell joins the head: at the start, after N presentations, or when the error stops falling "
        "[default: start].",
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
        "Budget: each sequence once per epoch [default: 1000, and 500 more for each factor of ten in the gap].",
        "Training",
    )
    presentations: int | None = setting(
        None, Integer(1, optional=True), "Budget in presentations, in place of epochs.", "Training"
    )
    criterion: Criterion = setting(Criterion("error", 0.25), CriterionText(), "What counts as solved.", "Training")
    stop: bool = setting(True, Flag(), "End a replicate as soon as it is solved.", "Training")
    check_every: int = setting(
        None, Integer(1, optional=True), "Presentations between checks [default: a hundredth of all].", "Training"
    )
    confirm: int = setting(1024, Integer(1, 1_000_000), "Fresh sequences that confirm what looks solved.", "Training")
    streak: int = setting(
        0, Integer(0), "Training presentations in a row within the criterion before a check may pass.", "Training"
    )
    replicates: int = setting(1, Integer(1, 10_000), "Runs side by side, each from a seed of its own.", "Training")
    seed: int = setting(0, Integer(0, 2**31 - 1), "Seed of the first replicate.", "Training")

    def __post_init__(self) -> None:
        read_settings(self)  # first: the checks below compare values, not text
        if self.epochs is not None and self.presentations is not None:
            raise SettingError("presentations", self.presentations, "cannot be given together with epochs")
        for name, value in self._rules():
            if getattr(self, name) is None:  # not given; from here on None means left out
                object.__setattr__(self, name, value)
        if self.budget > 2**31 - 1:
            raise SettingError("epochs", self.epochs, f"makes {self.budget} presentations, more than {2**31 - 1}")
        if self.loss_at != "all" and not self.task.sequences_with_recall:
            raise SettingError("loss_at", self.loss_at, "this task has no recall step to train")
        if self.init.kind == "chrono":
            self.cell.check_chrono()
        self.check_recipe()
        if self.sequences_per_batch > self.budget:
            raise SettingError("batch_size", self.batch_size, f"must be at most the budget of {self.budget}")
        if self.seed + self.replicates > 2**31:  # the seed of each replicate must itself be an allowed seed
            raise SettingError("seed", self.seed, f"must be at most {2**31 - self.replicates} for this many replicates")

    def _rules(self) -> Iterator[tuple[str, Value]]:
        """Settings whose default depends on others, with it, in an order in which they can be computed."""
        if self.presentations is None:
            yield "epochs", default_epochs(self.task, self.sequences_per_batch)
        yield "check_every", default_check_every(self.task, self.budget)
        yield "init", Init(self.cell.default_init)
        yield "loss_at", default_loss_at(self.task)

    @property
    def decided_by_rule(self) -> set[str]:
        """The settings with the value of their rule, given or not: a stored run is described like a new one."""
        decided = {name for name, value in self._rules() if getattr(self, name) == value}
        size = self.task.alphabet_size
        return decided | {"alphabet_size"} if size is not None and size == self.task.default_alphabet_size else decided

    @property
    def budget(self) -> int:
        """Largest number of presentations per replicate."""
        return self.presentations or (self.epochs or 0) * self.task.epoch_size

    @property
    def sequences_per_batch(self) -> int:
        """Sequences presented at a time."""
        return self.batch_size if self.rows == "sequences" else 1

    @functools.cached_property
    def layout(self) -> Layout:
        """How the steps of a sequence are laid out for the network."""
        rows = self.batch_size if self.rows == "steps" else 1
        return Layout(self.task.time, self.steps_per_window, self.lags, self.context, rows, self.stateful)

    @property
    def updates(self) -> int:
        """Batches in the budget; an incomplete last batch is left out."""
        return self.budget // self.sequences_per_batch

    @property
    def check_interval(self) -> int:
        """Batches from one check to the next."""
        return min(max(1, self.check_every // self.sequences_per_batch), self.updates)

    @property
    def steps_per_window(self) -> int:
        """Steps of a sequence per update; with lags each is a sample of several time steps."""
        if self.gradient == "traces":
            return 1
        return min(self.window or self.task.time, self.task.time)  # None is the whole sequence

    @property
    def parameter_count(self) -> int | None:
        """Parameters of one replicate; None for a user cell, whose weights are known once it is built."""
        inputs = [self.features] + [self.units] * (self.layers - 1)
        shapes = [self.cell.weights(length, self.units) for length in inputs]
        cells = sum(math.prod(shape) for layer in shapes for shape in layer.values())
        return cells + sum(map(math.prod, self.head_shapes.values())) if all(shapes) else None

    @property
    def features(self) -> int:
        """Length of an input vector."""
        return self.context * len(self.task.input_symbols)

    @property
    def head_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each weight of the head by name."""
        outputs = len(self.task.output_symbols)
        kernel = {"kernel": (self.units + self.features * self.head_inputs, outputs)}
        return kernel | ({"bias": (outputs,)} if self.head_bias else {})

    @property
    def scoring(self) -> str:
        """The loss: that of the head, `sigmoid` or `softmax`, or `squared`."""
        return self.head if self.loss_function == "cross-entropy" else self.loss_function

    @property
    def seeds(self) -> range:
        """The seed of each replicate."""
        return range(self.seed, self.seed + self.replicates)

    def to_settings(self) -> dict[str, Any]:
        """Returns all settings as a flat dictionary for JSON and TOML, without those that are not set."""
        written = {"task": self.task.name}
        for field, value in self.settings():
            if (plain := field.metadata["kind"].write(value)) is not None:
                written[field.name] = plain
        return written

    def settings(self) -> Iterator[tuple[dataclasses.Field[Any], Any]]:
        """Yields every setting with its value: the task's first, the cell's own after the cell."""
        yield from _values(self.task)
        for field, value in _values(self):
            yield field, value
            if value is self.cell:
                yield from _values(self.cell)

    @classmethod
    def from_settings(cls, settings: Settings, trusted: Collection[str] = ()) -> RunConfig:
        """Builds a config from a flat dictionary; the opposite of `to_settings`.

        Without `task`, the task is the only one that has one of the settings, such as `sequences`.

        Args:
            settings: As in a TOML file.
            trusted: User cells that may be imported: those that the user has typed. Nothing else gives this permission.

        Raises:
            UsageError: If a key is unknown, does not belong to this task or cell, or its value is not allowed.
        """
        task_class = TASKS[task_kind().accept("task", task_of(settings))]
        own = [field.name for field in settings_of(task_class)]
        cell = read_cell(settings, trusted)
        general = [field.name for field in settings_of(cls) if field.name != "cell"]
        allowed = {*own, *general, "task", "cell", *(field.name for field in settings_of(type(cell)))}
        for key in settings:
            if key not in allowed:
                raise _stray_key(key, settings[key], task_class, cell)
        task = task_class(**{key: settings[key] for key in own if key in settings})
        others: dict[str, Any] = {key: settings[key] for key in general if key in settings}
        return cls(task=task, cell=cell, **others)


def setting_fields() -> dict[str, dataclasses.Field[Any]]:
    """Returns the fields of all settings by name: those of the tasks first, those of the cells after `cell`."""
    fields = [field for task in TASKS.values() for field in settings_of(task)]
    for field in settings_of(RunConfig):
        fields.append(field)
        if field.name == "cell":
            fields += [own for cell in CELLS.values() for own in settings_of(cell)]
    return {field.name: field for field in fields}


def _values(part: object) -> Iterator[tuple[dataclasses.Field[Any], Any]]:
    return ((field, getattr(part, field.name)) for field in settings_of(type(part)))


def _stray_key(key: str, value: Value, task_class: type[Task], cell: Cell) -> UsageError:
    fields = setting_fields()
    if key not in fields:
        return UsageError(f"unknown setting '{one_line(key, 60)}'{did_you_mean(key, fields)}", key, value)
    if fields[key] in [field for cell in CELLS.values() for field in settings_of(cell)]:
        return SettingError(key, value, f"does not go with the {cell} cell")
    return SettingError(key, value, task_class.stray())
