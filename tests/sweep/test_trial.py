"""One trial: idempotent, resumable, one at a time, and every error an answer."""

import threading
import time

import pytest
from builders import build_record
from made_up_trials import result_of

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.errors import SeqmemError
from seqmem.experiment import run
from seqmem.results.run import Progress
from seqmem.storage.lock import RunLock, is_locked
from seqmem.storage.run_directory import create_run_directory, read_run
from seqmem.storage.sweep_directory import PLAN, PRUNED
from seqmem.sweep.trial import Job, run_trial

SETTINGS = {"units": 10, "replicates": 2, "epochs": 250}
CONFIG = RunConfig.from_settings(SETTINGS)


@pytest.fixture
def place(tmp_path):
    """The path of a trial in a sweep that has a plan."""
    (tmp_path / PLAN).touch()
    (tmp_path / "trials").mkdir()
    return tmp_path / "trials" / "1"


@pytest.fixture
def trained(monkeypatch):
    """Replaces training; holds how each run began."""
    calls = []

    class MadeUpRun(run.Run):
        def __init__(self, config, directory, *, threads=1):
            super().__init__(config, directory, threads=threads)
            self.how = f"begun with {threads}"

        @classmethod
        def resume(cls, path, trusted=()):
            stored = read_run(path)
            resumed = cls(stored.config, create_run_directory(stored.config, path.with_name("elsewhere")))
            resumed.how = "resumed"
            return resumed

        def __iter__(self):
            calls.append(self.how)
            config, directory, result = self.config, self.directory, result_of(self.config)
            for presentations in (100, 300, 500):
                record = build_record(presentations, (0.5,) * config.replicates, accuracy=0.5)
                directory.append_record(record)
                yield Progress(presentations, config.budget, 0, config.replicates, result.baseline, record)
            directory.write_result(result)
            self._result = result
            if self.how == "resumed":
                raise SeqmemError("went on")

    monkeypatch.setattr(run, "Run", MadeUpRun)
    return calls


def job(place, **how):
    return Job(str(place), SETTINGS, **how)


def test_a_trial_is_stored_and_a_finished_one_is_read(place, trained):
    first = run_trial(job(place))
    again = run_trial(job(place))
    assert first == again
    assert first.result == result_of(CONFIG).summary
    assert trained == ["begun with 1"]


def test_a_trial_that_was_broken_off_is_gone_on_with(place, trained):
    create_run_directory(CONFIG, place).close()
    assert run_trial(job(place)).reason == "went on"
    assert trained == ["resumed"]


@pytest.mark.parametrize("content", [None, b"", b"units = 3\n", b"\xff"])
def test_what_cannot_be_gone_on_with_begins_anew(place, trained, content):
    place.mkdir()
    (place / "checkpoints").mkdir()
    if content is not None:
        (place / "config.toml").write_bytes(content)
    assert run_trial(job(place)).status == "complete"
    assert not (place / "checkpoints").exists()
    assert read_run(place).config == CONFIG


def test_a_trial_that_another_process_is_at_is_waited_for(place, trained, monkeypatch):
    place.mkdir()
    lock = RunLock(place)
    waited = threading.Event()

    def end_the_other(seconds):
        waited.set()
        lock.release()

    monkeypatch.setattr(time, "sleep", end_the_other)
    assert run_trial(job(place)).status == "complete"
    assert waited.is_set()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("two\nlines"), "ValueError: two\\nlines"),
        (SystemExit(3), "SystemExit: 3"),
        (SeqmemError("told"), "told"),
        (MemoryError(), "out of memory"),
    ],
)
def test_an_error_of_any_kind_is_an_answer_and_lets_go_of_the_lock(place, monkeypatch, error, reason):
    class Failing(run.Run):
        def __iter__(self):
            raise error
            yield

    monkeypatch.setattr(run, "Run", Failing)
    outcome = run_trial(job(place))
    assert (outcome.status, outcome.reason) == ("failed", reason)
    assert not is_locked(place)


def test_a_trial_whose_time_is_up_ends_at_the_next_step(place, trained):
    outcome = run_trial(job(place, seconds=1e-9))
    assert (outcome.status, trained) == ("failed", ["begun with 1"])
    assert "--trial-timeout" in outcome.reason


def test_a_hopeless_trial_is_pruned_and_stays_so(place, trained):
    how = {"measure": "recall_loss", "medians": dict.fromkeys(range(1, 51), 0.1)}
    outcome = run_trial(job(place, **how))
    assert outcome.status == "pruned"
    assert "recall loss 0.5 above the median after 20 %" in outcome.reason
    assert (place / PRUNED).exists()
    assert run_trial(job(place)) == outcome
    assert trained == ["begun with 1"]


def test_a_worker_that_does_not_see_the_sweep_says_so(tmp_path):
    assert "does not see" in run_trial(job(tmp_path / "nowhere" / "trials" / "1")).reason


def test_a_worker_set_to_other_threads_refuses(place, monkeypatch):
    monkeypatch.setattr(process, "prepare", lambda threads: None)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "3")
    assert "already computes with 3 threads, not 1" in run_trial(job(place)).reason


def test_a_cell_that_was_not_named_is_not_imported(place):
    outcome = run_trial(Job(str(place), {"cell": "never_named_module:Cell"}))
    assert "is user code" in outcome.reason
