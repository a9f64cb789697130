"""Which trial runs next: little is compiled twice, and the longest does not come last."""

from seqmem.config.run_config import RunConfig
from seqmem.results.sweep import Trial
from seqmem.sweep.schedule import ShapeOrder, shape_of


def known(**values):
    """Trials over one setting, numbered by its values' order."""
    [(name, many)] = values.items()
    settings = [{name: value} if name != "gap" else {name: value, "alphabet_size": 12} for value in many]
    return [(Trial(number, str(number), {}), RunConfig.from_settings(one)) for number, one in enumerate(settings, 1)]


def shape(**settings):
    return shape_of(RunConfig.from_settings(settings))


def taken(order, freed=None, running=()):
    trial = order.next(freed, running)
    return trial and trial.number


def test_one_worker_takes_the_plan_in_its_order_and_each_shape_at_once():
    order = ShapeOrder(known(units=[5, 9, 5, 7]), longest_first=False)
    assert [taken(order) for _ in range(5)] == [1, 3, 2, 4, None]


def test_several_workers_begin_with_what_trains_longest():
    order = ShapeOrder(known(gap=[3, 100, 10, 1000]), longest_first=True)
    assert [taken(order) for _ in range(4)] == [4, 2, 3, 1]


def test_a_worker_goes_on_with_what_it_has_compiled():
    order = ShapeOrder(known(units=[5, 9, 5, 9]), longest_first=False)
    assert taken(order, shape(units=9)) == 2
    assert taken(order, shape(units=9)) == 4
    assert taken(order, shape(units=9)) == 1


def test_a_worker_takes_what_nobody_has_compiled_and_else_helps_where_most_is_left():
    order = ShapeOrder(known(units=[5, 5, 9, 9, 9, 7]), longest_first=False)
    assert taken(order, running=[shape(units=5)]) == 3
    assert taken(order, running=[shape(units=5), shape(units=9)]) == 6
    assert taken(order, running=[shape(units=5), shape(units=9), shape(units=7)]) in (1, 4)
