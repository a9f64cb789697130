"""What checks do to the replicates of a run: which count as solved, and which are frozen."""

import numpy as np
import pytest
from trainings import followed

from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.evaluation.evaluator import Evaluator
from seqmem.experiment import run
from seqmem.experiment.accounts import Accounts
from seqmem.judge.metrics import Metrics

PASSED = Metrics(0.1, 0.1, 1.0, 1.0, 1.0, 0.1)


@pytest.fixture
def checked_run(monkeypatch):
    """Returns a function that makes a run whose checks are scripted: metrics, and who passes."""

    def make(check, **settings):
        class Scripted(Evaluator):
            def check(self, ready=None):
                return check()

        monkeypatch.setattr(run, "Evaluator", Scripted)
        return run.Run(RunConfig.from_settings(settings))

    return make


def test_a_solved_replicate_is_frozen_while_the_others_go_on(checked_run):
    seen: list[dict[str, np.ndarray]] = []
    checks = iter([[False, True, False], [False, False, False], [True, False, True]])

    def check():
        seen.append(checked.population.arrays() | checked.trainer.optimizer.arrays())
        return [PASSED] * 3, next(checks)

    checked = checked_run(check, replicates=3, epochs=6, check_every=4)
    followed(checked)
    for name, array in seen[0].items():
        np.testing.assert_array_equal(seen[2][name][1], array[1], err_msg=name)
        assert not np.array_equal(seen[2][name][0], array[0]), name
    assert checked.accounts.solved_at == [12, 4, 12]
    assert checked.trainer.updates_made == 12 + 4 + 12


def test_without_stopping_success_is_the_first_check_of_the_last_passing_streak(checked_run):
    checks = iter([[True], [False], [True], [True]])
    checked = checked_run(lambda: ([PASSED], next(checks)), epochs=8, check_every=4, stop=False)
    followed(checked)
    assert checked.accounts.solved_at == [12]
    assert checked.accounts.stopped_at == [None]


def test_a_replicate_that_is_no_longer_finite_is_stopped_and_told(checked_run):
    losses = iter([float("nan"), 0.1, 0.1])
    checked = checked_run(
        lambda: ([Metrics(next(losses), None, 0.0, None, None, None)], [False]), epochs=6, check_every=4
    )
    followed(checked)
    assert checked.accounts.diverged == [True]
    assert checked.accounts.stopped_at == [4]


def test_a_run_has_a_result_at_its_end_only():
    started = run.Run(RunConfig())
    with pytest.raises(UsageError, match="has no result yet"):
        _ = started.result


def test_a_streak_counts_presentations_in_a_row_within_the_criterion():
    accounts = Accounts.of(3)
    accounts.watch(np.array([[0.1, 0.1, 0.1], [0.1, 0.3, 0.1], [0.1, 0.1, float("nan")]]), 0.25, presentations=2)
    assert accounts.streak == [6, 2, 0]
    accounts.stopped_at[1] = 6
    accounts.watch(np.full((4, 3), 0.25), 0.25, presentations=2)
    assert accounts.streak == [14, 2, 8]
    accounts.watch(np.zeros((0, 3)), 0.25, presentations=2)
    assert accounts.streak == [14, 2, 8]


def test_a_check_passes_only_after_a_streak_of_training_presentations():
    quick = {"replicates": 2, "epochs": 100, "check_every": 10}
    at_once, streak = (run.run(RunConfig.from_settings(quick | more)) for more in ({}, {"streak": 40}))
    for plain, later in zip(at_once.replicates, streak.replicates, strict=True):
        assert (
            plain.presentations_to_success + 30 <= later.presentations_to_success <= plain.presentations_to_success + 90
        )
