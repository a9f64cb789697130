"""Evidence of memory: results that luck does not explain.

Recall steps are counted in *groups* that no network without memory can tell apart: the same string of fillers after
several cues. A network that has forgotten the cue gives the same answer in the whole group, so it recalls at most one
cue of it. A group counts as recalled if at least two cues are right. Single sequences are no independent units: one
near-tie of a network may be right on ten sequences with the same string.
"""

from __future__ import annotations

import dataclasses
import math

# A guessing replicate passes once in a thousand: rarely enough for a table of a hundred replicates.
P_VALUE = 0.001
# A loss just below the baseline may be luck: it shows memory only below this share of the baseline's loss.
LOSS_SHARE = 0.9


@dataclasses.dataclass(frozen=True)
class Evidence:
    """The evidence that one replicate remembers.

    Attributes:
        groups: Different groups of recall steps that it was judged on, each with at least two cues.
        groups_right: Groups in which it recalled at least two cues.
        p_value: Probability of at least as many by guessing: the exact binomial tail. 1 without groups.
        loss_share: Its recall loss as a share of the baseline's; None without recall steps, or without a finite loss.
        remembers: Whether this is memory: `p_value` below `P_VALUE`, or `loss_share` below `LOSS_SHARE`.
    """

    groups: int
    groups_right: int
    p_value: float
    loss_share: float | None
    remembers: bool

    @property
    def by_loss(self) -> bool:
        """Whether the recall loss alone shows memory."""
        return self.loss_share is not None and self.loss_share < LOSS_SHARE

    def holds_among(self, comparisons: int) -> bool:
        """Tells whether it is still evidence of memory if this is the best of several networks or gaps."""
        return self.by_loss or self.p_value < P_VALUE / comparisons


def weigh(
    groups: int, groups_right: int, cues: int, recall_loss: float | None, baseline_loss: float | None
) -> Evidence:
    """Returns the evidence from counts of groups, cues per group (the most of any) and recall losses in nats."""
    p_value = binomial_tail(groups_right, groups, guessing_chance(cues)) if groups else 1.0
    share = None
    if recall_loss is not None and math.isfinite(recall_loss) and baseline_loss:
        share = recall_loss / baseline_loss
    evidence = Evidence(groups, groups_right, p_value, share, remembers=False)
    return dataclasses.replace(evidence, remembers=evidence.holds_among(1))


def guessing_chance(cues: int) -> float:
    """Returns the probability that at least two of `cues` independent guesses among `cues` symbols are right.

    0.25 for two cues, and never above 1 - 2/e = 0.264.
    """
    wrong = 1 - 1 / cues
    return 1 - wrong**cues - wrong ** (cues - 1)


def binomial_tail(successes: int, trials: int, chance: float) -> float:
    """Returns the probability of at least `successes` in `trials` independent ones."""
    if successes <= 0:
        return 1.0
    # logarithms, because binomial coefficients of some thousand trials exceed a float
    whole = math.lgamma(trials + 1)
    terms = (
        math.exp(
            whole
            - math.lgamma(count + 1)
            - math.lgamma(trials - count + 1)
            + count * math.log(chance)
            + (trials - count) * math.log1p(-chance)
        )
        for count in range(successes, trials + 1)
    )
    return min(1.0, math.fsum(terms))
