"""The exact tail, the chance of guessing, and what counts as memory."""

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmem.judge.evidence import binomial_tail, guessing_chance, weigh


def exact_tail(successes, trials, chance):
    return sum(
        math.comb(trials, count) * chance**count * (1 - chance) ** (trials - count)
        for count in range(successes, trials + 1)
    )


@given(st.data(), st.integers(1, 300), st.sampled_from([Fraction(1, 4), Fraction(7, 27), Fraction(1, 100)]))
def test_the_tail_is_that_of_exact_fractions(data, trials, chance):
    successes = data.draw(st.integers(0, trials))
    assert binomial_tail(successes, trials, float(chance)) == pytest.approx(
        float(exact_tail(successes, trials, chance)), rel=1e-9
    )


def test_the_tail_of_thousands_is_a_number():
    assert 0 < binomial_tail(3000, 10_000, 0.25) < 1e-25
    assert binomial_tail(0, 10_000, 0.25) == 1.0


@pytest.mark.parametrize("cues", [2, 3, 4, 5])
def test_the_chance_of_guessing_is_that_of_all_guesses_listed(cues):
    guesses = itertools.product(range(cues), repeat=cues)
    good = sum(sum(guess == cue for cue, guess in enumerate(row)) >= 2 for row in guesses)
    assert guessing_chance(cues) == pytest.approx(good / cues**cues)


def test_the_chance_of_guessing_is_a_quarter_for_two_cues_and_never_much_more():
    assert guessing_chance(2) == 0.25
    assert max(guessing_chance(cues) for cues in range(2, 1000)) < 1 - 2 / math.e


def test_one_string_of_fillers_proves_nothing_so_the_loss_decides():
    lucky = weigh(1, 1, 2, 0.2773, 0.2773)
    assert (lucky.p_value, lucky.remembers) == (0.25, False)
    assert weigh(1, 1, 2, 0.2773 * 0.9 - 1e-9, 0.2773).remembers
    assert not weigh(1, 1, 2, 0.2773 * 0.9 + 1e-9, 0.2773).remembers


def test_a_badly_calibrated_memory_is_a_memory():
    found = weigh(126, 126, 2, 0.4, 0.2)
    assert found.remembers
    assert not found.by_loss
    assert found.holds_among(10_000)


def test_what_passes_by_itself_may_not_pass_among_many():
    found = weigh(128, 49, 2, 0.3, 0.2773)
    assert found.remembers
    assert not found.holds_among(20)


@pytest.mark.parametrize(("loss", "least"), [(None, None), (math.nan, 0.2773), (math.inf, 0.2773), (0.1, None)])
def test_without_a_finite_loss_there_is_no_share_and_no_memory(loss, least):
    found = weigh(0, 0, 2, loss, least)
    assert (found.loss_share, found.p_value, found.remembers) == (None, 1.0, False)
