"""A finished run made by hand, and a place to work in."""

import pytest

from seqmem.config import RunConfig
from seqmem.judge.baseline import baseline
from seqmem.judge.evidence import weigh
from seqmem.judge.metrics import Metrics
from seqmem.results import JudgedOn, Prediction, Progress, Record, ReplicateResult, RunResult
from seqmem.rundir import create_run_directory


def result_of(config: RunConfig, solved: bool = True) -> RunResult:
    """Returns what a run of the default task might have found."""
    loss = 0.01 if solved else 0.28
    metrics = Metrics(loss, loss, 1.0, 1.0 if solved else 0.5, 1.0, 0.1 if solved else 0.6)
    at, evidence = 150 if solved else None, weigh(1, int(solved), 2, loss, 0.2773)
    replicates = tuple(ReplicateResult(seed, solved, False, 200, at, at, 0, metrics, evidence) for seed in config.seeds)
    symbols = ("3", "0", "1", "2", "3")
    prediction = Prediction(
        replicate=0,
        inputs=symbols[:-1],
        expected=symbols[1:],
        predicted=symbols[1:],
        probability=(0.9,) * 4,
        margin=(0.8,) * 4,
        error=(0.1,) * 4,
        settled=(True,) * 4,
        recall=(False, False, False, True),
    )
    return RunResult(
        config=config,
        baseline=baseline(config.task, config.seed, config.head),
        replicates=replicates,
        predictions=(prediction,),
        evaluation=JudgedOn(2, 2 * config.replicates, 2 * config.replicates, exhaustive=True),
        cost={"updates": 200, "time_steps": 800},
        history=tuple(records_of(config)),
    )


def records_of(config: RunConfig) -> list[Record]:
    values = [(100, 0.3, 0.5), (200, 0.01, 1.0)]
    many = config.replicates
    return [
        Record(count, (loss,) * many, (loss,) * many, (1.0,) * many, (right,) * many, (right == 1.0,) * many)
        for count, loss, right in values
    ]


def follow_made_up_run(config, directory=None, **how):
    """Stands in for `experiment.train`: yields, stores and returns as it does."""
    for record in records_of(config):
        if directory is not None:
            directory.append_record(record)
        yield Progress(record.presentations, config.budget, sum(record.solved), config.replicates, record)
    result = result_of(config)
    if directory is not None:
        directory.write_result(result)
    return result


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def made_up_run():
    return follow_made_up_run


@pytest.fixture
def made_up_training(monkeypatch):
    """Replaces training; holds the configs and options it was called with."""
    calls = []

    def train(config, directory=None, **how):
        calls.append((config, how))
        return follow_made_up_run(config, directory)

    monkeypatch.setattr("seqmem.experiment.train", train)
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
