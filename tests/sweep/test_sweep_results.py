"""What a sweep keeps of a run, and in what order it is shown."""

import pytest
from builders import build_replicate, build_result

from seqmem.config.axis import Axis
from seqmem.config.plan import Point
from seqmem.config.rank import check_rank
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.results.run import RunResult
from seqmem.results.sweep import Outcome, Trial, ranked


def run_of(*replicates):
    return build_result(RunConfig.from_settings({"replicates": len(replicates)}), replicates)


def replicate(seed, solved_at=None, loss=0.5, diverged=False):
    return build_replicate(seed, solved_at, loss, 500, diverged=diverged)


def test_a_diverged_run_has_no_loss_and_reads_back_equal():
    result = run_of(replicate(0, diverged=True))
    found = result.summary
    assert (found.verdict, found.diverged, found.spreads["recall_loss"]) == ("diverged", 1, None)
    assert RunResult.from_json(result.to_json()).summary == found


def test_unsolved_replicates_count_as_beyond_the_budget():
    two_of_three = run_of(replicate(0, 100), replicate(1, 300), replicate(2)).summary
    one_of_three = run_of(replicate(0, 100), replicate(1), replicate(2)).summary
    assert two_of_three.median_presentations == 300
    assert one_of_three.median_presentations is None
    assert one_of_three.presentations_to_success["median"] == 100


def test_trials_are_ranked_best_first_and_those_without_a_value_last():
    trials = [
        Trial(Point(1, "1", {"units": 30}), Outcome("failed")),
        Trial(Point(2, "2", {"units": 20}), Outcome("complete", run_of(replicate(0, 100, loss=0.3)).summary)),
        Trial(Point(3, "3", {"units": 10}), Outcome("complete", run_of(replicate(0, 200, loss=0.1)).summary)),
    ]

    def order(column):
        return [trial.number for trial in ranked(trials, column)]

    assert order("success_rate") == [2, 3, 1]
    assert order("recall_loss") == [3, 2, 1]
    assert order("presentations_to_success") == [2, 3, 1]
    assert order("units") == [3, 2, 1]
    assert order("number") == [1, 2, 3]


def test_a_column_that_is_not_there_is_refused_with_a_guess():
    axes = (Axis("learning_rate", (0.1,)),)
    assert check_rank("learning-rate", axes) == "learning_rate"
    with pytest.raises(UsageError, match=r"did you mean 'recall_loss'"):
        check_rank("recal-loss", axes)
