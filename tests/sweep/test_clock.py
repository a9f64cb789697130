"""The time that is left is told by what has ended, each trial weighed by what was guessed of it."""

from seqmem.sweep.schedule import Clock


def test_what_is_left_takes_as_long_for_its_guess_as_what_has_ended():
    now = iter([100.0, 107.0, 150.0])
    clock = Clock({1: 1.0, 2: 10.0, 3: 5.0}, lambda: next(now))
    assert clock.seconds_left() is None
    clock.end(1)
    assert clock.seconds_left() == 7.0 * 15
    clock.end(2)
    clock.leave_out(3)
    assert clock.seconds_left() == 0.0
