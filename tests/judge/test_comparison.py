"""Two runs compared: against published intervals, tests computed elsewhere, and pairs that differ in seeds alone."""

import itertools

import numpy as np
import pytest

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run
from seqmem.judge.comparison import LEVEL, Sample, compare, fisher_p, mann_whitney, newcombe_interval

# Newcombe 1998, Statistics in Medicine 17, table II, method 10; p by scipy's fisher_exact
PUBLISHED = [
    (56, 70, 48, 80, 0.0524, 0.3339, 0.012521129749209154),
    (9, 10, 3, 10, 0.1705, 0.8090, 0.019766611097880443),
    (6, 7, 2, 7, 0.0582, 0.8062, 0.10256410256410256),
    (5, 56, 0, 29, -0.0381, 0.1926, 0.1606214432094711),
    (0, 10, 0, 20, -0.1611, 0.2775, 1.0),
    (0, 10, 0, 10, -0.2775, 0.2775, 1.0),
    (10, 10, 0, 20, 0.6791, 1.0000, 3.328339160423118e-08),
    (10, 10, 0, 10, 0.6075, 1.0000, 1.082508822446903e-05),
]


@pytest.mark.parametrize(("successes", "trials", "others", "other_trials", "low", "high", "p"), PUBLISHED)
def test_rates_are_compared_as_published(successes, trials, others, other_trials, low, high, p):
    found = newcombe_interval(successes, trials, others, other_trials)
    assert found == pytest.approx((low, high), abs=5e-5)
    assert newcombe_interval(others, other_trials, successes, trials) == pytest.approx((-high, -low), abs=5e-5)
    assert fisher_p(successes, trials, others, other_trials) == pytest.approx(p)
    assert fisher_p(others, other_trials, successes, trials) == pytest.approx(p)


INF = float("inf")


@pytest.mark.parametrize(
    ("first", "second", "share", "p"),
    [  # by scipy's mannwhitneyu, method asymptotic
        ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 1.0, 0.012185780355344813),
        ([100, 120, 120, INF], [120, 200, INF, INF, INF], 0.775, 0.1925349133739691),
        ([5] * 4, [5] * 3, 0.5, 1.0),
        ([INF] * 4, [INF] * 3, 0.5, 1.0),
        ([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8, 2], 0.5208333333333333, 0.9221926553135822),
    ],
)
def test_ranks_are_compared_as_scipy_does(first, second, share, p):
    assert mann_whitney(first, second) == pytest.approx((share, p))
    assert mann_whitney(second, first) == pytest.approx((1 - share, p))


def sample(*times, budget=1000):
    return Sample(times, sum(time is not None for time in times), budget)


def test_what_one_run_could_not_have_seen_does_not_count_against_it():
    short = sample(*[100, 200, None, None] * 5, budget=300)
    long = sample(*[100, 200, 400, 900] * 5, budget=1000)
    found = compare(short, long)
    assert (found.sooner, found.sooner_p) == (0.5, 1.0)
    assert found.rate == 0.5
    assert found.rates_differ


def test_a_run_that_is_solved_as_often_but_sooner_is_different():
    slow, fast = sample(*range(500, 520)), sample(*range(100, 120))
    found = compare(slow, fast)
    assert (found.rate, found.rate_p, found.sooner) == (0.0, 1.0, 1.0)
    assert (found.rates_differ, found.times_differ, found.different) == (False, True, True)


def test_one_replicate_each_can_show_no_difference():
    assert not compare(sample(None), sample(10)).different


def test_the_more_are_compared_the_less_is_taken_for_a_difference():
    one, other = sample(*[100, None] * 10), sample(*[100] * 18, *[None] * 2)
    assert compare(one, other).different
    assert not compare(one, other, comparisons=20).different


@pytest.mark.parametrize("trials", [3, 5, 10, 20])
def test_rates_that_are_equal_are_called_different_less_often_than_the_level(trials):
    # exactly: over all outcomes of two runs, weighted by how likely they are
    counts = np.arange(trials + 1)
    for rate in (0.1, 0.3, 0.5, 0.8):
        ways = np.array([float(np.prod([(trials - i) / (i + 1) for i in range(count)])) for count in counts])
        chance = ways * rate**counts * (1 - rate) ** (trials - counts)
        called = sum(
            chance[one] * chance[other]
            for one, other in itertools.product(counts, counts)
            if fisher_p(int(one), trials, int(other), trials) < LEVEL / 2
        )
        assert called <= LEVEL / 2


@pytest.mark.slow
def test_of_200_pairs_that_differ_in_their_seeds_alone_at_most_5_percent_are_called_different():
    # the tutorial with the gradient through the whole sequence, ended where about half are solved, since there two runs
    # differ most by chance; 2,000 replicates, each from a seed of its own, make 200 runs of 10, and each run is paired
    # with the next, the last with the first
    settings = {"window": "sequence", "epochs": 320, "replicates": 2000, "check_every": 64}
    run = Run(RunConfig.from_settings(read_preset("tutorial") | settings))
    for _ in run:
        pass
    times = [one.presentations_to_success if one.solved else None for one in run.result.replicates]
    assert 0.2 < np.mean([time is not None for time in times]) < 0.8
    samples = [sample(*times[start : start + 10], budget=640) for start in range(0, 2000, 10)]
    different = [compare(samples[at - 1], samples[at]).different for at in range(200)]
    assert len(different) == 200
    assert sum(different) <= 10
