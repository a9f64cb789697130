"""The rules for settings that nobody gives, each with its reason.

All of these are resolved when a `RunConfig` is made, so that what is stored holds values and no rules.
"""

from __future__ import annotations

from typing import Any

from seqmem.settings import Init, Value
from seqmem.tasks import Task

# Over a gap of 5 every step of 20 in 20 replicates is learned within 400 presentations; over 10 the steps that are easy
# drown the one that needs memory.
LONGEST_SHORT_GAP = 5
# The slowest of 20 replicates took 430 epochs over a gap of 5 with ten cues, 710 over a gap of 3 with five units.
FEWEST_EPOCHS, EPOCHS_PER_TENFOLD = 1000, 500
CHECKS = 100
# Settings that a rule decides; a sweep decides them once, but for the last one, which follows from the budget.
DECIDED = ("alphabet_size", "init", "loss_at", "epochs", "check_every")


def default_loss_at(task: Task) -> str:
    """Returns which steps are trained: all of them for few sequences with a short gap, else the recall steps."""
    if not task.sequences_with_recall:
        return "all"
    return "recall" if task.fresh or task.recall_distance > LONGEST_SHORT_GAP else "all"


def default_epochs(task: Task, sequences_per_batch: int) -> int:
    """Returns the budget: 1,000 epochs, 500 more for every tenfold gap, and at least as many batches."""
    # digits less one: the whole part of the decimal logarithm
    epochs = FEWEST_EPOCHS + EPOCHS_PER_TENFOLD * (len(str(task.recall_distance)) - 1)
    # rounded up: a batch of more sequences than an epoch has takes several epochs
    return epochs * max(1, -(-sequences_per_batch // task.epoch_size))


def default_check_every(task: Task, budget: int) -> int:
    """Returns the presentations between checks: a hundredth of the budget, but no less than an epoch."""
    return max(task.epoch_size, budget // CHECKS)


def fill_in(config: Any) -> None:
    """Gives each setting of a config that nobody gave the value that its rule has for it; for `__post_init__`."""

    def decide(name: str, value: Value) -> None:
        if getattr(config, name) is None:
            object.__setattr__(config, name, value)

    if config.presentations is None:
        decide("epochs", default_epochs(config.task, config.sequences_per_batch))
    decide("check_every", default_check_every(config.task, config.budget))
    decide("init", Init(config.cell.default_init))
    decide("loss_at", default_loss_at(config.task))


def decided_by_rule(config: Any) -> set[str]:
    """Returns the settings of a config that are as the rules would have them.

    Args:
        config: A `RunConfig`. It is not remembered whether a setting was given: what counts is the value, so that
            a stored run is described in the same words as a new one.
    """
    task = config.task
    rules = {
        "init": Init(config.cell.default_init),
        "loss_at": default_loss_at(task),
        "check_every": default_check_every(task, config.budget),
    }
    if config.epochs is not None:
        rules["epochs"] = default_epochs(task, config.sequences_per_batch)
    decided = {name for name, value in rules.items() if getattr(config, name) == value}
    if task.alphabet_size is not None and task.alphabet_size == task.default_alphabet_size:
        decided.add("alphabet_size")
    return decided


def recall_reason(task: Task) -> str:
    """Tells in a few words why the rule trains recall steps only, where it does."""
    if task.fresh:
        return "fillers are fresh"
    gap = "the gap is" if task.gap else "the gap before a recall is"
    return f"{gap} above {LONGEST_SHORT_GAP}"
