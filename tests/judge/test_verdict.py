"""What counts as solved, how sure a rate is, and what an outcome is called."""

import math
from types import SimpleNamespace

import pytest

from seqmem.judge.baseline import Baseline
from seqmem.judge.verdict import criterion_met, shows_memory, verdict, wilson_interval
from seqmem.results import Metrics

BASELINE = Baseline(accuracy=0.875, recall_accuracy=0.5, loss=0.0693, recall_loss=0.2773)
NO_RECALL = Baseline(accuracy=1.0, recall_accuracy=None, loss=0.0, recall_loss=None)


def metrics(loss=0.01, recall_loss=0.01, recall_accuracy=1.0, settled_accuracy=1.0, max_error=0.1):
    return Metrics(loss, recall_loss, 1.0, recall_accuracy, settled_accuracy, max_error)


def replicate(solved=False, diverged=False, recall_loss=0.27):
    return SimpleNamespace(solved=solved, diverged=diverged, metrics=metrics(recall_loss=recall_loss))


@pytest.mark.parametrize(
    ("criterion", "found", "met"),
    [
        ("error:0.25", metrics(max_error=0.25), True),
        ("error:0.25", metrics(max_error=0.2501), False),
        ("recall:0.9", metrics(recall_accuracy=0.9, max_error=0.9), True),
        ("recall:0.9", metrics(recall_accuracy=0.89), False),
        ("argmax", metrics(settled_accuracy=1.0, max_error=0.6), True),
        ("argmax", metrics(settled_accuracy=0.999), False),
        ("error:0.25", metrics(max_error=None), False),
        ("recall:0.9", metrics(recall_accuracy=None, recall_loss=None), False),
        ("error:0.25", metrics(loss=math.nan), False),
        ("error:0.25", metrics(max_error=math.nan), False),
        ("argmax", metrics(recall_loss=0.2773 * 0.9 + 1e-9), False),
        ("argmax", metrics(recall_loss=0.2773 * 0.9 - 1e-9), True),
    ],
)
def test_criterion_is_met_only_within_its_bound_and_below_the_memoryless_loss(criterion, found, met):
    assert criterion_met(criterion, found, BASELINE) is met


def test_all_right_by_a_hair_is_not_solved():
    assert not criterion_met("argmax", metrics(recall_loss=0.2772, max_error=0.51), BASELINE)


def test_task_without_recall_needs_no_memory():
    assert criterion_met("argmax", metrics(recall_loss=None), NO_RECALL)
    assert shows_memory(None, NO_RECALL)


# Newcombe 1998 (doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I, method 3
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_gives_published_values(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=6e-5)


def test_wilson_interval_stays_between_nought_and_one():
    assert wilson_interval(20, 20) == pytest.approx((0.8389, 1.0), abs=6e-5)
    assert wilson_interval(20, 20)[1] <= 1.0
    assert wilson_interval(0, 1)[0] == 0.0


@pytest.mark.parametrize(
    ("replicates", "expected"),
    [
        ([replicate(solved=True)] * 3, "solved"),
        ([replicate(solved=True), replicate(), replicate(diverged=True)], "partly"),
        ([replicate(recall_loss=0.27), replicate(recall_loss=0.26), replicate(recall_loss=0.01)], "memoryless"),
        ([replicate(recall_loss=0.2), replicate(recall_loss=0.1)], "unsolved"),
        ([replicate(diverged=True, recall_loss=math.nan)] * 2, "diverged"),
        ([replicate(diverged=True, recall_loss=math.nan), replicate(recall_loss=0.27)], "memoryless"),
        ([replicate(recall_loss=None)], "unsolved"),
    ],
)
def test_verdict_names_the_outcome_of_all_replicates(replicates, expected):
    assert verdict(replicates, BASELINE) == expected
