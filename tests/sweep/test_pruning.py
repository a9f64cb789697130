"""Pruning compares trials at equal shares of their budgets."""

import random

import pytest
from builders import build_record

from seqmem.backend.extras import import_optuna
from seqmem.sweep.pruning import FIRST_STEPS, FIRST_TRIALS, Courses, Pruner, course, direction, whole_course


def record(presentations, loss, solved=(False, False)):
    return build_record(presentations, (loss, loss), (loss, None), solved=solved)


def test_a_course_is_told_in_fiftieths_of_the_budget():
    records = [record(10, 0.5), record(400, 0.25)]
    assert course(records, 500, "recall_loss") == {1: 0.5, 40: 0.25}
    assert course([record(8, 0.5, (True, False))], 8, "success_rate") == {50: 0.5}
    assert course([record(8, 0.5, (True, True))], 8, "presentations_to_success") == {50: 1.0}


def test_a_trial_that_ended_early_stays_as_it_was():
    filled = whole_course([record(10, 0.5), record(100, 0.1)], 500, "recall_loss")
    assert (filled[1], filled[9], filled[10], filled[50]) == (0.5, 0.5, 0.1, 0.1)
    assert whole_course([], 500, "recall_loss") == {}


@pytest.mark.parametrize(("loss", "hopeless"), [(0.2, False), (0.4, True)])
def test_worse_than_the_median_is_hopeless(loss, hopeless):
    courses = Courses("recall_loss")
    for value in (0.9, 0.1, 0.3, 0.2):
        courses.add(dict.fromkeys(range(1, 51), value))
    pruner = courses.pruner()
    assert pruner.medians == dict.fromkeys(range(1, 51), 0.25)
    assert bool(pruner.hopeless([record(400, loss)], 500)) is hopeless
    assert pruner.hopeless([record(10, loss)], 500) == ""


def test_nothing_is_pruned_before_there_is_enough_to_compare_with():
    assert Pruner("recall_loss", 3, {25: 0.0}).hopeless([record(400, 9.0)], 500) == ""


@pytest.mark.parametrize("rank", ["recall_loss", "recall_accuracy"])
def test_medians_prune_what_the_trials_themselves_would(rank):
    optuna, rng = import_optuna(), random.Random(0)
    answers = []
    for _ in range(30):
        study = optuna.create_study(
            direction=direction(rank), pruner=optuna.pruners.MedianPruner(FIRST_TRIALS, FIRST_STEPS)
        )
        courses = Courses(rank)
        for _ in range(rng.randint(4, 9)):
            curve = {step: rng.random() for step in range(rng.randint(1, 9), 51)}
            study.add_trial(optuna.trial.create_trial(value=0.0, intermediate_values=curve))
            courses.add(curve)
        asked, records, level = study.ask(), [], rng.random()
        for step in range(5, rng.randint(12, 51)):
            value = level + 0.1 * rng.random()
            asked.report(value, step)
            records.append(build_record(10 * step, value, accuracy=value))
        answers.append((bool(courses.pruner().hopeless(records, 500)), bool(asked.should_prune())))
    assert all(mine == theirs for mine, theirs in answers)
    assert {mine for mine, _ in answers} == {False, True}
