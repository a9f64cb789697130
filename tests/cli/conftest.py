"""A finished run made by hand, and a place to work in."""

import pytest
from builders import build_record, build_replicate, build_result

from seqmem.config.run_config import RunConfig
from seqmem.experiment import run
from seqmem.results.run import Progress, Record, RunResult
from seqmem.storage.run_directory import create_run_directory


def result_of(config: RunConfig, solved: bool = True) -> RunResult:
    """Returns what a run might have found."""
    at, loss = (150, 0.01) if solved else (None, 0.28)
    return build_result(
        config, [build_replicate(seed, at, loss, missed=0) for seed in config.seeds], history=tuple(records_of(config))
    )


def records_of(config: RunConfig) -> list[Record]:
    values = [(100, 0.3, 0.5), (200, 0.01, 1.0)]
    many = config.replicates
    return [
        build_record(count, [loss] * many, recall_accuracy=right, solved=right == 1.0) for count, loss, right in values
    ]


class MadeUpRun(run.Run):
    """Yields, stores and finds as a run does, without training."""

    def __iter__(self):
        config, directory, result = self.config, self.directory, result_of(self.config)
        for record in records_of(config):
            if directory is not None:
                directory.append_record(record)
            solved = sum(record.solved)
            yield Progress(record.presentations, config.budget, solved, config.replicates, result.baseline, record)
        self._result = result
        if directory is not None:
            directory.write_result(result)


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def made_up_run():
    return MadeUpRun


@pytest.fixture
def made_up_training(monkeypatch):
    """Replaces training; holds the configs and options it was called with."""
    calls = []

    class NotedRun(MadeUpRun):
        def __init__(self, config, directory=None, **how):
            calls.append((config, how))
            super().__init__(config, directory, **how)

    monkeypatch.setattr(run, "Run", NotedRun)
    return calls


@pytest.fixture
def stored_run(workplace):
    """Returns a function that stores a finished run under `runs` and gives its path."""

    def store(name: str, solved: bool = True, **settings):
        config = RunConfig.from_settings(settings)
        result = result_of(config, solved)
        with create_run_directory(config, workplace / "runs" / name) as directory:
            for record in result.history:
                directory.append_record(record)
            directory.write_result(result)
            return directory.path

    return store
