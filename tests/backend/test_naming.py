"""Functions of TensorFlow are named after their program, not after a count of what came before."""

import re

import tensorflow as tf

from seqmem.backend.compiled import compiled
from seqmem.backend.naming import named_after


def traced(program: str) -> list[str]:
    """The names of a function and of the loop in it."""

    def grow(number):
        return tf.while_loop(lambda step: step < 3, lambda step: [step + 1], [number])

    with named_after(program):
        function = tf.function(grow).get_concrete_function(tf.constant(0))
    return sorted([function.name.decode(), *(inner.name.decode() for inner in function.graph._functions.values())])


def test_names_follow_from_the_program_alone():
    first, other = traced("first"), traced("other")
    assert all(re.fullmatch(r"\w+_[0-9a-f]{16}_[0-2]", name) for name in first + other)
    assert [name.split("_")[-1] for name in first] == [name.split("_")[-1] for name in other]
    assert len({name.split("_")[-2] for name in first}) == 1
    assert not {name.split("_")[-2] for name in first} & {name.split("_")[-2] for name in other}


def test_no_name_is_given_twice():
    assert not set(traced("again")) & set(traced("again"))


def test_a_program_of_the_same_recipe_is_still_its_own():
    more, less = (compiled("recipe")(function) for function in (lambda number: number + 1, lambda number: number - 1))
    assert (more(tf.constant(1)).numpy(), less(tf.constant(1)).numpy()) == (2, 0)
