"""Pruning compares trials at equal shares of their budgets."""

import pytest

from seqmem.results import Record
from seqmem.sweep.pruning import Pruner, course, whole_course


def record(presentations, loss, solved=(False, False)):
    return Record(presentations, (loss,) * 2, (loss, None), (1.0,) * 2, (1.0,) * 2, solved)


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
    earlier = tuple(dict.fromkeys(range(1, 51), value) for value in (0.1, 0.2, 0.3, 0.9))
    pruner = Pruner("recall_loss", earlier)
    assert bool(pruner.hopeless([record(400, loss)], 500)) is hopeless
    assert pruner.hopeless([record(10, loss)], 500) == ""


def test_nothing_is_pruned_before_there_is_enough_to_compare_with():
    assert Pruner("recall_loss", ({25: 0.0},) * 3).hopeless([record(400, 9.0)], 500) == ""
