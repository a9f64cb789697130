"""Tasks 2a, 2b and 2c of 1997, symbol by symbol."""

import numpy as np
import pytest

from seqmem.errors import SettingError
from seqmem.tasks.hochreiter import MOST_MORE, ONE_MORE, Hochreiter1997
from seqmem.tasks.streams import SequenceStream, finite_sequences


def spelled(task, batch, row):
    """Inputs, answers, and the steps at which an answer is asked, as the paper writes them."""
    steps = batch.valid[row]
    inputs = " ".join(task.input_symbols[index] for index in batch.inputs[row][steps])
    asked = [
        task.output_symbols[index] if weight else "-"
        for index, weight in zip(batch.targets[row][steps], batch.weights[row][steps], strict=True)
    ]
    return inputs, " ".join(asked)


def test_both_sequences_of_2a():
    task = Hochreiter1997("2a", lag=5)
    assert task.input_symbols == ("a1", "a2", "a3", "a4", "x", "y")  # p + 1 symbols
    batch = finite_sequences(task, 0)
    assert spelled(task, batch, 0) == ("x a1 a2 a3 a4", "a1 a2 a3 a4 x")
    assert spelled(task, batch, 1) == ("y a1 a2 a3 a4", "a1 a2 a3 a4 y")
    assert batch.settled.all()
    assert batch.recall.tolist() == [[False, False, False, False, True]] * 2


def test_a_sequence_of_2b():
    task = Hochreiter1997("2b", lag=6)
    batch = SequenceStream(task, 4, "training").take(1)
    assert spelled(task, batch, 0) == ("x a4 a4 a4 a5 a3", "a4 a4 a4 a5 a3 x")
    # the criterion asks for the end only: nothing before it can be known
    assert batch.judged("all").tolist() == [[False, False, False, False, False, True]]


def test_a_sequence_of_2c():
    task = Hochreiter1997("2c", lag=4, distractors=3)
    assert task.input_symbols == ("a1", "a2", "a3", "e", "b", "x", "y")  # p + 4 symbols
    assert task.output_symbols == ("x", "y")
    batch = SequenceStream(task, 11, "training").take(1)
    assert spelled(task, batch, 0) == ("b x a1 a3 a1 a1 a1 e", "- - - - - - - x")


@pytest.mark.parametrize("experiment", ["2a", "2b", "2c"])
def test_x_and_y_are_drawn_at_random_in_training_and_paired_elsewhere(experiment):
    task = Hochreiter1997(experiment, lag=3)
    cue = 1 if experiment == "2c" else 0
    shown = SequenceStream(task, 0, "training").take(4000).inputs[:, cue]
    half = np.mean(shown == shown.max())
    assert half == pytest.approx(0.5, abs=0.03)
    # independent: as often the same as the one before as not
    assert np.mean(shown[1:] == shown[:-1]) == pytest.approx(0.5, abs=0.03)
    checked = SequenceStream(task, 0, "checks").take_paired(10).inputs
    assert (checked[::2, cue] + 1 == checked[1::2, cue]).all()
    assert (np.delete(checked[::2], cue, axis=1) == np.delete(checked[1::2], cue, axis=1)).all()


def test_lengths_of_2c_are_those_of_the_paper():
    task = Hochreiter1997("2c", lag=7, distractors=4)
    batch = SequenceStream(task, 2, "training").take(40_000)
    distractors = (batch.inputs < 4) & batch.valid
    more = distractors.sum(axis=1) - 7
    assert more.min() == 0
    # with 9/10 one more, with 1/10 the trigger: 9 more on average
    assert more.mean() == pytest.approx(9.0, abs=0.15)
    assert np.mean(more == 0) == pytest.approx(0.1, abs=0.005)
    assert batch.valid.sum(axis=1).min() == 7 + 3  # and the answer: q + 4 symbols
    counts = np.bincount(batch.inputs[distractors], minlength=4)
    np.testing.assert_allclose(counts / counts.sum(), 0.25, atol=0.005)


def test_the_longest_sequence_of_2c_is_rare():
    assert ONE_MORE**MOST_MORE < 1 / 7_000_000


@pytest.mark.parametrize("experiment", ["2a", "2b", "2c"])
def test_a_stream_goes_on_from_where_its_state_was_taken(experiment):
    task = Hochreiter1997(experiment, lag=3)
    stream = SequenceStream(task, 5, "training")
    stream.take(7)
    state = stream.state()
    expected = stream.take(9)
    other = SequenceStream(task, 5, "training")
    other.restore(state)
    np.testing.assert_array_equal(other.take(9).inputs, expected.inputs)


def test_distractors_are_free_where_they_are_random():
    assert Hochreiter1997("2c", lag=1000, distractors=50).input_symbols[:2] == ("a1", "a2")
    assert len(Hochreiter1997("2c", lag=1000, distractors=50).input_symbols) == 54
    assert len(Hochreiter1997("2b", lag=100).input_symbols) == 101
    with pytest.raises(SettingError, match=r"distractors = 7: must be 9 in 2a: each comes once"):
        Hochreiter1997("2a", lag=10, distractors=7)
