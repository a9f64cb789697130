"""Which trial runs next: little is compiled twice, and the longest does not come last."""

from seqmem.config.plan import Point
from seqmem.config.run_config import RunConfig
from seqmem.results.sweep import Outcome, Trial
from seqmem.storage.sweep_directory import known_points
from seqmem.sweep.adaptive import Adaptive
from seqmem.sweep.schedule import ByShape


def order_of(longest_first=False, **values):
    """An order over one setting, its points numbered by the values' order."""
    [(name, many)] = values.items()
    settings = [{name: value} if name != "gap" else {name: value, "alphabet_size": 12} for value in many]
    points = [(Point(number, str(number), {}), RunConfig.from_settings(one)) for number, one in enumerate(settings, 1)]
    return ByShape(points, longest_first)


def taken(order):
    point = order.next()
    return point and point.number


def end(order, number, values=None):
    order.ended(Trial(Point(number, str(number), values or {}), Outcome("failed")))


def taken_by_one_worker(order):
    """The numbers in the order in which one worker takes them."""
    numbers = []
    while (number := taken(order)) is not None:
        numbers.append(number)
        end(order, number)
    return numbers


def test_one_worker_takes_the_plan_in_its_order_and_each_shape_at_once():
    assert taken_by_one_worker(order_of(units=[5, 9, 5, 7])) == [1, 3, 2, 4]


def test_several_workers_begin_with_what_trains_longest():
    order = order_of(gap=[3, 100, 10, 1000], longest_first=True)
    assert [taken(order) for _ in range(5)] == [4, 2, 3, 1, None]


def test_a_worker_goes_on_with_what_it_has_compiled():
    order = order_of(units=[5, 9, 5, 9])
    assert [taken(order), taken(order)] == [1, 2]
    end(order, 2)
    assert taken(order) == 4
    end(order, 4)
    assert taken(order) == 3


def test_a_worker_takes_what_nobody_has_compiled_and_else_helps_where_most_is_left():
    order = order_of(units=[5, 5, 9, 9, 9, 7])
    assert [taken(order), taken(order), taken(order)] == [1, 3, 6]
    assert taken(order) == 4
    end(order, 6)
    assert taken(order) == 2


def test_what_is_left_is_weighed_by_how_long_trials_train():
    order = order_of(gap=[3, 1000])
    assert order.remaining.seconds() is None
    taken_by_one_worker(order)
    assert order.remaining.seconds() == 0.0


def test_an_adaptive_order_waits_for_the_trial_that_is_due_whatever_else_has_ended(begin):
    directory = begin("units=4..40", search="tpe", count=6, max_pending=3)
    order = Adaptive(directory, [])
    assert [taken(order) for _ in range(4)] == [1, 2, 3, None]
    points = known_points(directory.path, directory.plan)
    end(order, 3, points[2].values)
    end(order, 2, points[1].values)
    assert taken(order) is None
    end(order, 1, points[0].values)
    assert [taken(order) for _ in range(4)] == [4, 5, 6, None]


def test_an_adaptive_order_gives_out_what_is_not_finished_and_weighs_that_alone(begin):
    directory = begin("units=4,5,6,7", prune=True, max_pending=2)
    states = ["failed", "missing", "failed", "missing"]
    known = [Trial(point, Outcome(state)) for point, state in zip(directory.plan.points, states, strict=True)]
    order = Adaptive(directory, known)
    assert [taken(order), taken(order)] == [2, None]
    end(order, 2)
    assert [taken(order), taken(order)] == [4, None]
    end(order, 4)
    assert order.remaining.seconds() == 0.0
