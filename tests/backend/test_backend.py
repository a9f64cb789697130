"""TensorFlow says nothing that its user did not ask for."""

import logging

from seqmem.backend.lazy import tf


def test_functions_traced_anew_are_no_reason_to_warn():
    said = []
    handler = logging.Handler()
    handler.emit = said.append
    traced = tf.function(lambda number: tf.constant(number))
    tf.get_logger().addHandler(handler)
    try:
        assert [int(traced(number)) for number in range(8)] == list(range(8))
    finally:
        tf.get_logger().removeHandler(handler)
    assert said == []
