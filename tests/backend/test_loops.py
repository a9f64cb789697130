"""Loops that XLA makes one kernel of, and those that it leaves as they are."""

import numpy as np
import pytest

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import tf
from seqmem.backend.loops import advanced, all_apart


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("by", [1, -1, 5])
def test_the_next_index_is_the_same_however_it_is_computed(apart, by):
    assert int(advanced(tf.constant(7), by, apart=apart)) == 7 + by
    with all_apart():
        assert int(advanced(tf.constant(7), by, apart=apart)) == 7 + by


def test_a_loop_that_one_kernel_cannot_hold_is_compiled_outside_of_one():
    array = np.random.default_rng(0).normal(size=(3200, 12)).astype(np.float32)
    traced = []

    @compiled("large sums")
    def repeated_softmax(array):
        def body(step, array):
            traced.append(advanced(step, apart=False))
            return traced[-1], tf.nn.softmax(array)

        return tf.while_loop(lambda step, *_: step < 3, body, (tf.constant(0), array))[1]

    expected = array.astype(np.float64)
    for _ in range(3):
        raised = np.exp(expected - expected.max(axis=1, keepdims=True))
        expected = raised / raised.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(repeated_softmax(tf.constant(array)), expected, rtol=1e-5)
    assert len(traced) == 2, "the first program holds a sum that one kernel cannot hold: XLA has changed"
