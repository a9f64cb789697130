"""How long is left follows from what has ended, each trial weighed by what was guessed of it."""

from seqmem.sweep.schedule import RemainingTime


def test_what_is_left_takes_as_long_for_its_guess_as_what_has_ended():
    now = iter([100.0, 107.0, 150.0])
    remaining = RemainingTime({1: 1.0, 2: 10.0, 3: 5.0}, lambda: next(now))
    assert remaining.seconds() is None
    remaining.end(1)
    assert remaining.seconds() == 7.0 * 15
    remaining.end(2)
    remaining.end(3)
    assert remaining.seconds() == 0.0
