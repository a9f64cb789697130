"""Searches: Optuna is asked and told, and mirrored for its own tools."""

import math
import os
import shutil
import sys

import pytest
from made_up_trials import result_of

from seqmem.backend.extras import import_distributed, import_optuna
from seqmem.config.axis import parse_axis
from seqmem.config.plan import Point, build_plan
from seqmem.errors import UsageError
from seqmem.results.importance import distribution, importances, objective
from seqmem.results.sweep import Outcome, Trial
from seqmem.storage.sweep_directory import read_sweep
from seqmem.sweep import search as search_module
from seqmem.sweep.mirror import JOURNAL
from seqmem.sweep.search import TpeSearch


def test_axes_become_distributions():
    shown = {text: repr(distribution(parse_axis(text))) for text in ("units=4~64", "gap=3,10,30", "units=8..64+8")}
    assert shown["units=4~64"].startswith("IntDistribution(high=64, log=True, low=4")
    assert shown["gap=3,10,30"].startswith("CategoricalDistribution(choices=(3, 10, 30)")
    assert shown["units=8..64+8"].startswith("IntDistribution(high=64, log=False, low=8, step=8")


def test_a_search_finds_more_of_what_it_seeks_as_it_goes(begin, finish):
    directory = begin("learning-rate=1e-4~1e-1", "units=4..40", search="tpe", count=40, rank="recall_loss")
    trials = finish(directory).trials
    losses = [trial.measure("recall_loss") for trial in trials]
    assert sum(losses[-16:]) / 16 < sum(losses[:16]) / 16


def test_the_mirror_opens_in_optuna_and_is_made_again_where_it_is_missing(begin, finish, again):
    directory = begin("units=4..40", search="tpe", count=10, rank="recall_loss")
    finish(directory)
    optuna = import_optuna()

    def mirrored():
        backend = optuna.storages.journal.JournalFileBackend(str(directory.path / JOURNAL))
        study = optuna.load_study(study_name="sweep", storage=optuna.storages.JournalStorage(backend))
        return [(trial.params, trial.value, trial.state.name) for trial in study.trials]

    before = mirrored()
    assert len(before) == 10
    finish(again(directory.path))
    assert mirrored() == before
    (directory.path / JOURNAL).write_bytes((directory.path / JOURNAL).read_bytes()[:-30])
    os.symlink("killed", directory.path / f"{JOURNAL}.lock")  # left by a driver that was killed while it wrote
    finish(again(directory.path))
    assert mirrored() == before
    (directory.path / JOURNAL).write_bytes(b"no journal\n")
    finish(again(directory.path))
    assert mirrored() == before


def test_a_mirror_that_cannot_be_written_keeps_no_sweep_from_its_end(begin, finish):
    directory = begin("units=4..40", search="tpe", count=10)
    (directory.path / JOURNAL).mkdir()
    assert finish(directory).counts["complete"] == 10


def test_a_search_remembers_the_best_and_the_latest_and_goes_on_to_the_same_trials(begin, finish, again, monkeypatch):
    for name, count in (("MOST_REMEMBERED", 20), ("BEST_REMEMBERED", 4), ("LATEST_REMEMBERED", 6)):
        monkeypatch.setattr(search_module, name, count)
    how = {"search": "tpe", "count": 60, "rank": "recall_loss"}
    unbroken = finish(begin("learning-rate=1e-4~1e-1", "units=4..40", name="unbroken", **how))
    directory = begin("learning-rate=1e-4~1e-1", "units=4..40", name="broken", **how)
    finish(directory)
    asked = directory.path / "asked.jsonl"
    asked.write_text("".join(asked.read_text().splitlines(keepends=True)[:45]))
    for path in sorted((directory.path / "trials").iterdir())[43:]:
        shutil.rmtree(path)
    assert finish(again(directory.path)).to_json() == unbroken.to_json()


def test_the_best_trial_is_never_forgotten(monkeypatch):
    for name, count in (("MOST_REMEMBERED", 20), ("BEST_REMEMBERED", 4), ("LATEST_REMEMBERED", 6)):
        monkeypatch.setattr(search_module, name, count)
    plan = build_plan({}, [parse_axis("units=4..40")], search="tpe", count=100, rank="recall_loss")
    search, losses = TpeSearch(plan), []
    for number in range(1, 61):
        point = search.ask(number)
        trial = Trial(point, Outcome("complete", result_of(plan.config(point)).summary))
        losses.append(trial.measure("recall_loss"))
        search.report(number, search.frozen(trial, {}))
        assert search._study.best_value == min(losses)
        assert len(search._study.trials) < 20


def test_presentations_beyond_the_budget_are_infinitely_many():
    assert objective(Trial(Point(1, "1", {})), "presentations_to_success") == math.inf
    assert objective(Trial(Point(1, "1", {})), "recall_loss") is None


def test_importances_name_the_axis_that_matters(begin, finish):
    directory = begin("units=4..40", "check-every=2..12", search="random", count=60, rank="recall_loss")
    found = finish(directory).importances
    assert list(found) == ["units", "check_every"]
    assert sum(found.values()) == pytest.approx(1.0)
    assert read_sweep(directory.path).importances == found


def test_few_trials_and_grids_have_no_importances(begin, finish):
    assert finish(begin("units=4..20", search="random", count=5)).importances == {}
    plan = begin("units=4..40", name="grid").plan
    assert importances(plan, plan.points) == {}


@pytest.mark.parametrize(
    ("package", "load", "words"),
    [
        ("optuna", import_optuna, "--search tpe or random needs optuna, which is not installed: pip install"),
        ("distributed", import_distributed, "pip install 'seqmem[dask]'"),
    ],
)
def test_a_missing_extra_is_one_line(monkeypatch, package, load, words):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError) as caught:
        load()
    assert words in str(caught.value)
