"""The rules for settings that were not given, each with its reason.

A `RunConfig` applies them when it is made, so stored settings are values and never rules.
"""

from __future__ import annotations

from seqmem.tasks import Task

# Over a gap of 5, 20 of 20 replicates learn every step within 400 presentations; over a gap of 10 the loss of the easy
# steps outweighs that of the recall step.
LONGEST_SHORT_GAP = 5
# The slowest of 20 replicates took 430 epochs over a gap of 5 with ten cues, 710 over a gap of 3 with five units.
FEWEST_EPOCHS, EPOCHS_PER_TENFOLD = 1000, 500
CHECKS = 100
# Settings that a rule decides. A sweep decides all but the last, which follows from the budget, once for all trials.
DECIDED = ("alphabet_size", "init", "loss_at", "epochs", "check_every")


def default_loss_at(task: Task) -> str:
    """Returns the steps to train: all of them for short gaps without fresh fillers, else the recall steps."""
    if not task.sequences_with_recall:
        return "all"
    return "recall" if task.fresh or task.recall_distance > LONGEST_SHORT_GAP else "all"


def default_epochs(task: Task, sequences_per_batch: int) -> int:
    """Returns the budget: 1,000 epochs, 500 more for every tenfold gap, and at least as many batches."""
    # the number of digits minus one is the floor of the decimal logarithm
    epochs = FEWEST_EPOCHS + EPOCHS_PER_TENFOLD * (len(str(task.recall_distance)) - 1)
    # rounded up: a batch may hold more sequences than an epoch
    return epochs * max(1, -(-sequences_per_batch // task.epoch_size))


def default_check_every(task: Task, budget: int) -> int:
    """Returns the presentations between checks: a hundredth of the budget, but at least an epoch."""
    return max(task.epoch_size, budget // CHECKS)


def recall_reason(task: Task) -> str:
    """Returns why `default_loss_at` chose the recall steps, in a few words."""
    if task.fresh:
        return "fillers are fresh"
    gap = "the gap is" if task.gap else "the gap before a recall is"
    return f"{gap} above {LONGEST_SHORT_GAP}"
