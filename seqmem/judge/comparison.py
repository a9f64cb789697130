"""The comparison of two runs: are they different, or only their seeds?"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from seqmem.judge.verdict import wilson_interval

# How often a pair of runs that differ in their seeds alone may be called different.
LEVEL = 0.05
QUESTIONS = 2  # per pair: is one solved more often, and is one solved sooner? each gets half of `LEVEL`


@dataclasses.dataclass(frozen=True)
class Difference:
    """How a second run differs from a first.

    Attributes:
        rate: The success rate of the second run minus that of the first.
        interval: Newcombe's 95 % interval of `rate`.
        rate_p: p of Fisher's exact test of the two rates, two-sided.
        sooner: Fraction of all pairs of replicates, one of each run, in which that of the second was solved sooner.
            Ties count half; replicates not solved within the smaller budget are ties.
        sooner_p: p of the Mann-Whitney test, two-sided.
        threshold: A difference needs a p below this; all comparisons together then err in `LEVEL` of cases.
    """

    rate: float
    interval: tuple[float, float]
    rate_p: float
    sooner: float
    sooner_p: float
    threshold: float

    @property
    def rates_differ(self) -> bool:
        """Whether one run is solved more often."""
        return self.rate_p < self.threshold

    @property
    def times_differ(self) -> bool:
        """Whether one run is solved sooner."""
        return self.sooner_p < self.threshold

    @property
    def different(self) -> bool:
        """Whether the two are called different."""
        return self.rates_differ or self.times_differ


@dataclasses.dataclass(frozen=True)
class Sample:
    """The figures of a run that a comparison uses.

    Attributes:
        times: Presentations to success of each replicate; None if it was not solved within the budget, or if the time
            is not known.
        solved: Number of solved replicates.
        budget: Largest number of presentations.
    """

    times: tuple[int | None, ...]
    solved: int
    budget: int


def compare(first: Sample, second: Sample, comparisons: int = 1) -> Difference:
    """Compares a run with a first one, as one of several `comparisons`; each has at least one replicate."""
    counts = (second.solved, len(second.times)), (first.solved, len(first.times))
    budget = min(first.budget, second.budget)
    sooner, sooner_p = mann_whitney(_censored(second.times, budget), _censored(first.times, budget))
    return Difference(
        rate=second.solved / len(second.times) - first.solved / len(first.times),
        interval=newcombe_interval(*counts[0], *counts[1]),
        rate_p=fisher_p(*counts[0], *counts[1]),
        sooner=sooner,
        sooner_p=sooner_p,
        threshold=LEVEL / (QUESTIONS * comparisons),
    )


def _censored(times: Sequence[int | None], budget: int) -> list[float]:
    """Times within a budget that both runs had; a later success, or none, counts as infinitely late."""
    return [time if time is not None and time <= budget else math.inf for time in times]


def newcombe_interval(successes: int, trials: int, others: int, other_trials: int) -> tuple[float, float]:
    """Returns the hybrid score 95 % interval of the difference of two independent rates.

    Newcombe 1998, method 10, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    rate, other = successes / trials, others / other_trials
    (low, high), (other_low, other_high) = wilson_interval(successes, trials), wilson_interval(others, other_trials)
    below, above = math.hypot(rate - low, other_high - other), math.hypot(high - rate, other - other_low)
    return rate - other - below, rate - other + above


def fisher_p(successes: int, trials: int, others: int, other_trials: int) -> float:
    """Returns p of Fisher's exact test: the probability, under equal rates, of all tables no likelier than this one."""
    solved, total = successes + others, trials + other_trials
    ways = {
        count: math.comb(trials, count) * math.comb(other_trials, solved - count)
        for count in range(max(0, solved - other_trials), min(trials, solved) + 1)
    }
    return sum(number for number in ways.values() if number <= ways[successes]) / math.comb(total, solved)


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Returns the fraction of pairs in which the first value is smaller, ties counting half, and p against one half.

    By the normal approximation, corrected for ties and continuity (Mann and Whitney 1947, doi 10.1214/aoms/1177730491).
    """
    pairs, total = len(first) * len(second), len(first) + len(second)
    wins = sum((mine < other) + (mine == other) / 2 for mine in first for other in second)
    values = [*first, *second]
    ties = sum(count**3 - count for count in (values.count(value) for value in set(values)))
    variance = pairs / 12 * (total + 1 - ties / (total * (total - 1)))
    distance = max(0.0, abs(wins - pairs / 2) - 0.5)
    p = math.erfc(distance / math.sqrt(2 * variance)) if variance > 0 else 1.0
    return wins / pairs, p
