"""Pruning compares trials at equal shares of their budgets."""

import math
import random

import pytest
from builders import build_record

from seqmem.backend.extras import import_optuna
from seqmem.sweep.pruning import (
    FIRST_STEPS,
    FIRST_TRIALS,
    LearningCurves,
    learning_curve,
    more_is_better,
    prune_reason,
    whole_learning_curve,
)


def record(presentations, loss, solved=(False, False)):
    return build_record(presentations, (loss, loss), (loss, None), solved=solved)


def test_a_learning_curve_is_kept_in_fiftieths_of_the_budget():
    records = [record(10, 0.5), record(400, 0.25)]
    assert learning_curve(records, 500, "recall_loss") == {1: 0.5, 40: 0.25}
    assert learning_curve([record(8, 0.5, (True, False))], 8, "success_rate") == {50: 0.5}
    assert learning_curve([record(8, 0.5, (True, True))], 8, "presentations_to_success") == {50: 1.0}


def test_a_trial_that_ended_early_stays_as_it_was():
    filled = whole_learning_curve([record(10, 0.5), record(100, 0.1)], 500, "recall_loss")
    assert (filled[1], filled[9], filled[10], filled[50]) == (0.5, 0.5, 0.1, 0.1)
    assert whole_learning_curve([], 500, "recall_loss") == {}


@pytest.mark.parametrize(("loss", "hopeless"), [(0.2, False), (0.4, True)])
def test_worse_than_the_median_is_hopeless(loss, hopeless):
    curves = LearningCurves()
    for value in (0.9, 0.1, 0.3, 0.2):
        curves.add(dict.fromkeys(range(1, 51), value))
    medians = curves.medians()
    assert medians == dict.fromkeys(range(1, 51), 0.25)
    assert bool(prune_reason([record(400, loss)], 500, "recall_loss", medians)) is hopeless
    assert prune_reason([record(10, loss)], 500, "recall_loss", medians) is None


def test_why_a_trial_is_pruned_names_the_measure_its_value_and_when():
    reasons = [
        prune_reason([record(400, 0.4)], 500, measure, dict.fromkeys(range(1, 51), median))
        for measure, median in (("recall_loss", 0.25), ("success_rate", 0.5), ("presentations_to_success", 0.5))
    ]
    assert reasons == [
        "recall loss 0.4 above the median after 80 % of the budget",
        "success rate 0 below the median after 80 % of the budget",
        "success rate 0 below the median after 80 % of the budget",
    ]


def test_nothing_is_pruned_before_there_is_enough_to_compare_with():
    curves = LearningCurves()
    for _ in range(FIRST_TRIALS):
        assert curves.medians() == {}
        assert prune_reason([record(400, 9.0)], 500, "recall_loss", curves.medians()) is None
        curves.add({40: 0.0})
    assert curves.medians() == {40: 0.0}
    assert prune_reason([record(400, 9.0)], 500, "recall_loss", curves.medians()) is not None
    assert prune_reason([record(500, 9.0)], 500, "recall_loss", curves.medians()) is None


@pytest.mark.filterwarnings("ignore:All-NaN slice")
@pytest.mark.parametrize("gaps", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("rank", ["recall_loss", "recall_accuracy", "loss"])
def test_the_same_trials_are_pruned_as_by_optuna(rank, gaps):
    optuna, rng = import_optuna(), random.Random(0)
    answers = []
    for _ in range(40):
        study = optuna.create_study(
            direction="maximize" if more_is_better(rank) else "minimize",
            pruner=optuna.pruners.MedianPruner(FIRST_TRIALS, FIRST_STEPS),
        )
        curves = LearningCurves()
        for _ in range(rng.randint(2, 9)):
            curve = {step: rng.random() for step in range(rng.randint(1, 9), 51)}
            study.add_trial(optuna.trial.create_trial(value=0.0, intermediate_values=curve))
            curves.add(curve)
        asked, records, level = study.ask(), [], rng.random()
        for step in range(5, rng.randint(12, 51)):
            # a network that has diverged has a loss that is no number
            value = math.nan if rng.random() < gaps else level + 0.1 * rng.random()
            asked.report(value, step)
            records.append(build_record(10 * step, value, accuracy=value))
        answers.append((bool(prune_reason(records, 500, rank, curves.medians())), bool(asked.should_prune())))
    assert all(mine == theirs for mine, theirs in answers)
    assert {mine for mine, _ in answers} == {False, True}
