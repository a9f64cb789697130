"""How the steps of a sequence are laid out for a network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmem.tasks.conflicting import ConflictingSequences
from seqmem.tasks.explicit import ExplicitSequences
from seqmem.tasks.layout import Layout, step_weights
from seqmem.tasks.streams import finite_sequences

# the tutorial's first sequence: inputs 3 0 1 2, targets 0 1 2 3
FIRST = finite_sequences(ConflictingSequences(), 0)[:1]


def laid_out(**settings) -> list[list[str]]:
    """What each row sees, time step by time step: `30` is a context of two, `-` none; a dot where there is no step."""
    windows = Layout(4, **{"window": 4, **settings}).lay_out(FIRST)
    vectors = [
        ["".join("-" if symbol < 0 else str(symbol) for symbol in vector) for vector in row]
        for row in np.moveaxis(windows.inputs[0], 0, 1)
    ]
    valid = windows.valid[0].T
    return [
        [vector if real else "." for vector, real in zip(*pair, strict=True)]
        for pair in zip(vectors, valid, strict=True)
    ]


def test_one_row_sees_the_sequence_as_it_is():
    assert laid_out() == laid_out(window=1) == laid_out(window=2) == [["3", "0", "1", "2"]]


def test_a_window_that_does_not_fit_is_filled_up():
    assert laid_out(window=3) == [["3", "0", "1", "2", ".", "."]]


def test_a_context_holds_the_last_symbols_and_none_before_the_start():
    assert laid_out(context=3) == [["--3", "-30", "301", "012"]]


def test_lags_give_each_sample_time_steps_of_its_own():
    assert laid_out(window=1, lags=2) == [["-", "3", "3", "0", "0", "1", "1", "2"]]
    windows = Layout(4, window=1, lags=2).lay_out(FIRST)
    np.testing.assert_array_equal(windows.weights[0, :, 0], [0, 1, 0, 1, 0, 1, 0, 1])
    np.testing.assert_array_equal(windows.targets[0, 1::2, 0], [0, 1, 2, 3])


def test_rows_of_steps_are_dealt_out_as_keras_deals_out_samples():
    assert laid_out(window=1, rows=2) == [["3", "1"], ["0", "2"]]
    assert laid_out(window=1, rows=4) == [["3"], ["0"], ["1"], ["2"]]
    assert laid_out(window=1, rows=3) == [["3", "2"], ["0", "."], ["1", "."]]
    assert laid_out(window=2, rows=2) == [["3", "0"], ["1", "2"]]


@pytest.mark.parametrize(
    ("settings", "every"),
    [
        ({"window": 1, "stateful": True}, 4),
        ({"window": 1, "stateful": False}, 1),
        ({"window": 4, "stateful": False}, 4),
        ({"window": 1, "lags": 2, "stateful": True}, 8),
        ({"window": 4, "lags": 2, "stateful": False}, 2),
    ],
)
def test_the_state_starts_anew_with_each_window_or_sample_only_where_it_is_not_kept(settings, every):
    assert Layout(4, **settings).reset_every == every


@given(
    window=st.integers(1, 6),
    lags=st.integers(1, 3),
    context=st.integers(1, 3),
    rows=st.integers(1, 4),
    lengths=st.lists(st.integers(2, 7), min_size=1, max_size=4),
)
def test_every_step_is_predicted_once_and_comes_back_to_its_place(window, lags, context, rows, lengths):
    task = ExplicitSequences(sequences=[" ".join(str((n + k) % 3) for k in range(n)) + " 9" for n in lengths])
    batch = finite_sequences(task, 0)
    layout = Layout(task.time, min(window, task.time), lags, context, rows)
    windows = layout.lay_out(batch)
    assert windows.weights.sum() == batch.valid.sum()
    np.testing.assert_array_equal(layout.gather(windows.targets), batch.targets)
    np.testing.assert_array_equal(layout.gather(windows.valid), batch.valid)
    np.testing.assert_array_equal(layout.gather(windows.inputs[..., -1]), batch.inputs)
    recalled = layout.lay_out(batch, "recall").weights
    np.testing.assert_array_equal(layout.gather(recalled) > 0, batch.recall)


def test_balanced_recall_steps_weigh_as_much_as_all_others_of_their_sequence():
    rows = ["a b c d e", "f b c d g", "a b"]
    batch = finite_sequences(ExplicitSequences(sequences=rows), 0)
    weights = step_weights(batch, "balanced")
    np.testing.assert_allclose(weights[0], [2 / 3, 2 / 3, 2 / 3, 2])
    np.testing.assert_allclose(weights[2], [1, 0, 0, 0])
    np.testing.assert_allclose(weights.sum(axis=1), batch.valid.sum(axis=1))


def test_balanced_weights_of_every_task_add_up_to_its_steps():
    batch = finite_sequences(ConflictingSequences(gap=(2, 9), cues=3, trigger=True), 0)
    windows = Layout(11, 4).lay_out(batch, "balanced")
    np.testing.assert_allclose(windows.weights.sum(axis=(1, 2)), batch.valid.sum(axis=1), rtol=1e-6)
