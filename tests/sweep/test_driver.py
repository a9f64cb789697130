"""The sweep: the same table however its trials came to run, and nothing finished is lost."""

import shutil
import statistics

import pytest
from made_up_trials import misbehave, store

from seqmem.errors import SeqmemError
from seqmem.results.sweep import TRIALS
from seqmem.storage.sweep_directory import read_sweep
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import Engine
from seqmem.sweep.processes import InlineExecutor, WorkerDied, WorkerExecutor


def ran(sweep):
    """What a sweep has found when it has come to its end."""
    for _ in sweep:
        pass
    return sweep.result


TPE = {"search": "tpe", "count": 20, "rank": "recall_loss"}
TPE_AXES = ("learning-rate=1e-4~1e-1", "units=4..40")


def test_every_trial_runs_once_and_is_read_back(begin, finish):
    calls = []

    def call(job):
        calls.append(job.path)
        return store(job)

    directory = begin("gap=3,10", "units=5,20")
    result = finish(directory, call=call)
    assert result.counts["complete"] == len(calls) == len(set(calls)) == 4
    assert read_sweep(directory.path).to_json() == result.to_json()


def test_trials_that_share_compiled_code_run_one_after_another(begin, finish):
    calls = []
    directory = begin("learning-rate=0.1,0.2", "units=4,5,6")
    result = finish(directory, call=lambda job: (calls.append(job.settings["units"]), store(job))[1])
    assert calls == [4, 4, 5, 5, 6, 6]
    assert [trial.number for trial in result.trials] == [1, 2, 3, 4, 5, 6]


def test_progress_tells_what_runs_what_has_ended_and_the_best(begin, finish):
    heard = []
    finish(begin("units=5,20,6"), hear=heard.append)
    assert [one.ended.values["units"] for one in heard if one.ended] == [5, 20, 6]
    assert {one.running[0].values["units"] for one in heard if one.running} == {5, 20, 6}
    assert heard[-1].best.values == {"units": 20}
    assert (heard[-1].complete, heard[-1].total, heard[-1].seconds_left) == (3, 3, 0.0)


@pytest.mark.parametrize(
    ("axes", "how"),
    [
        (("gap=3,10", "units=5,20"), {}),
        (TPE_AXES, {"search": "random", "count": 12}),
        (TPE_AXES, TPE),
        (TPE_AXES, TPE | {"prune": True}),
        (TPE_AXES, TPE | {"max_pending": 1}),
        (TPE_AXES, {"search": "random", "count": 12, "prune": True, "rank": "recall_loss", "max_pending": 2}),
    ],
)
def test_the_table_is_the_same_however_many_run_side_by_side(begin, finish, axes, how):
    one = finish(begin(*axes, name="one", **how))
    three = finish(begin(*axes, name="three", **how), workers=3)
    assert one.to_json() == three.to_json()


@pytest.mark.parametrize("lost", [1, 9, 15])
def test_a_search_that_was_broken_off_goes_on_to_the_same_table(begin, finish, again, lost):
    unbroken = finish(begin(*TPE_AXES, name="unbroken", **TPE))

    class Killed(BaseException):
        pass

    def call(job):
        if len(list((directory.path / TRIALS).iterdir())) == lost:
            raise Killed
        return store(job)

    directory = begin(*TPE_AXES, name="broken", **TPE)
    with pytest.raises(Killed):
        finish(directory, call=call)
    directory.close()
    (directory.path / "study.log").unlink(missing_ok=True)
    assert finish(again(directory.path)).to_json() == unbroken.to_json()


def test_what_is_missing_is_the_plan_minus_the_finished_trials(begin, finish, again):
    directory = begin("units=5,20,30")
    before = finish(directory)
    shutil.rmtree(directory.path / TRIALS / "2-units20")
    calls = []
    result = finish(again(directory.path), call=lambda job: (calls.append(job), store(job))[1])
    assert [job.settings["units"] for job in calls] == [20]
    assert result.to_json() == before.to_json()


def test_a_trial_whose_worker_dies_is_run_again_so_often_and_no_more(begin):
    deaths = {}

    class Fragile(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):
            units = args[0].settings["units"]
            deaths[units] = deaths.get(units, 0) + 1
            future = super().submit(fn, *args, **kwargs)
            if units == 5 or deaths[units] == 1:
                future = type(future)()
                future.set_exception(WorkerDied())
            return future

    result = ran(Sweep(begin("units=5,20"), Engine(Fragile(), lambda: 1, retries=3, call=store)))
    assert deaths == {5: 4, 20: 2}
    assert [trial.status for trial in result.trials] == ["failed", "complete"]
    assert "its worker died 4 times" in result.trials[0].reason


def test_poisonous_trials_in_real_workers_take_no_other_with_them(begin, finish, again):
    directory = begin("units=3,4,5,6,7,20")
    pool = WorkerExecutor(2, seconds=3.0)
    result = ran(Sweep(directory, Engine(pool, lambda: 2, retries=1, call=misbehave)))
    pool.shutdown()
    reasons = {trial.values["units"]: trial.reason for trial in result.trials if trial.status == "failed"}
    assert sorted(reasons) == [3, 4, 5, 6]
    assert "its worker died 2 times" in reasons[3]
    assert "its worker died 2 times" in reasons[4]
    assert reasons[5] == "ValueError: this cell is broken"
    assert "--trial-timeout" in reasons[6]
    assert result.counts["complete"] == 2
    stored = read_sweep(directory.path)
    assert {trial.values["units"]: trial.reason for trial in stored.trials if trial.status == "failed"} == reasons
    directory.close()
    assert finish(again(directory.path)).counts["complete"] == 6


def test_values_of_a_search_that_do_not_go_together_fail_alone(begin, finish):
    directory = begin("batch-size=1,600", "units=4..40", base={"epochs": 250}, **TPE)
    result = finish(directory)
    assert 0 < result.counts["failed"] < 20
    assert all("batch_size = 600" in trial.reason for trial in result.trials if trial.status == "failed")


def test_a_lost_engine_ends_the_sweep_with_a_line_that_says_how_to_go_on(begin):
    from concurrent.futures import CancelledError

    class Lost(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(int)
            future = type(future)()
            future.set_exception(CancelledError())
            return future

    directory = begin("units=5,20")
    with pytest.raises(SeqmemError, match=r"the workers are lost; `seqmem sweep --resume .*` goes on"):
        ran(Sweep(directory, Engine(Lost(), lambda: 1)))


def test_hopeless_trials_are_pruned_by_those_that_had_to_end_before(begin, finish):
    seen, losses = [], []

    def call(job):
        seen.append(job)
        outcome = store(job)
        losses.append(outcome.result.spreads["recall_loss"].median)
        return outcome

    finish(begin(*TPE_AXES, **(TPE | {"prune": True})), call=call)
    # eight run ahead of what is reported, and four make a median
    expected = [[]] * 11 + [[statistics.median(losses[: number - 8])] for number in range(12, 21)]
    assert [sorted(set(job.medians.values())) for job in seen] == expected
    assert {job.measure for job in seen} == {"recall_loss"}
