"""What an outcome is called, and how sure a rate is."""

from types import SimpleNamespace

import pytest

from seqmem.judge.baseline import Baseline
from seqmem.judge.criterion import Criterion
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.judge.verdict import VERDICTS, is_solved, passes, verdict, wilson_interval

BASELINE = Baseline(accuracy=0.875, recall_accuracy=0.5, loss=0.0693, recall_loss=0.2773)
NO_RECALL = Baseline(accuracy=1.0, recall_accuracy=None, loss=0.0, recall_loss=None)


def replicate(solved=False, diverged=False, recall_loss=0.27, right=0):
    evidence = weigh(128, right, 2, None if diverged else recall_loss, BASELINE.recall_loss)
    return SimpleNamespace(solved=solved, diverged=diverged, evidence=evidence)


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
        ([replicate(), replicate(recall_loss=0.26)], "memoryless"),
        # one of many remembers by its loss: no luck explains that
        ([replicate(), replicate(), replicate(recall_loss=0.01)], "remembers"),
        # right everywhere, badly calibrated: a memory all the same
        ([replicate(recall_loss=0.4, right=128)] * 4, "remembers"),
        ([replicate(diverged=True)] * 2, "diverged"),
        ([replicate(diverged=True), replicate()], "memoryless"),
    ],
)
def test_verdict_names_the_outcome_of_all_replicates(replicates, expected):
    assert verdict(replicates, BASELINE) == expected
    assert expected in VERDICTS


@pytest.mark.parametrize(
    ("max_error", "recall_loss", "baseline", "passed"),
    [
        (0.2, 0.01, BASELINE, True),
        # right, but by a hair; remembers, but is not right enough; nothing to remember
        (0.2, 0.27, BASELINE, False),
        (0.3, 0.01, BASELINE, False),
        (0.2, None, NO_RECALL, True),
        (0.3, None, NO_RECALL, False),
    ],
)
def test_a_replicate_passes_that_meets_the_criterion_and_remembers(max_error, recall_loss, baseline, passed):
    metrics = Metrics(0.1, recall_loss, 1.0, None if recall_loss is None else 1.0, 1.0, max_error)
    evidence = weigh(0, 0, 2, recall_loss, baseline.recall_loss)
    assert passes(Criterion("error", 0.25), metrics, evidence, baseline) is passed


def test_what_training_looked_for_and_did_not_find_is_not_solved():
    assert is_solved(True, 60, looked=True)
    assert is_solved(True, None, looked=False)
    assert not is_solved(True, None, looked=True)
    assert not is_solved(False, 60, looked=True)


@pytest.mark.parametrize(("count", "expected"), [(1, "remembers"), (20, "memoryless")])
def test_what_passes_alone_does_not_pass_as_the_best_of_many(count, expected):
    lucky = replicate(right=49)
    assert 0.001 / 20 < lucky.evidence.p_value < 0.001
    assert verdict([lucky, *[replicate()] * (count - 1)], BASELINE) == expected


@pytest.mark.parametrize("solved", [False, True])
def test_without_recall_there_is_nothing_to_remember(solved):
    assert verdict([replicate(solved=solved)], NO_RECALL) == "nothing_to_remember"
    assert verdict([replicate(diverged=True)], NO_RECALL) == "diverged"
