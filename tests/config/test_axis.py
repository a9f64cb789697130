"""How axes are written and read."""

import pytest

from seqmem.config.axis import axis_from_json, axis_to_json, parse_axis
from seqmem.errors import UsageError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("gap=3,10,30", (3, 10, 30)),
        ("gap=3:5, 7", ("3:5", 7)),
        ("units=1..4", (1, 2, 3, 4)),
        ("units=8..64*2", (8, 16, 32, 64)),
        ("units=8..32+8", (8, 16, 24, 32)),
        ("learning-rate=1e-4..1e-1*10", (0.0001, 0.001, 0.01, 0.1)),
        ("learning_rate=.5..1.5+.5", (0.5, 1.0, 1.5)),
        ("window=1,sequence", (1, "sequence")),
        ("shuffle=true,false", (True, False)),
        ("clip-norm=none,1", (None, 1.0)),
        ("criterion=error:0.25,argmax", ("error:0.25", "argmax")),
    ],
)
def test_lists_and_ranges_with_steps_become_values(text, values):
    assert parse_axis(text).values == values


@pytest.mark.parametrize(
    ("text", "low", "high", "log", "whole"),
    [
        ("learning-rate=1e-4~1e-1", 1e-4, 1e-1, True, False),
        ("learning-rate=0.1..0.9", 0.1, 0.9, False, False),
        ("units=4~64", 4, 64, True, True),
    ],
)
def test_ranges_without_steps_stay_ranges(text, low, high, log, whole):
    axis = parse_axis(text)
    assert (axis.low, axis.high, axis.log, axis.whole, axis.continuous) == (low, high, log, whole, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gpa=3", "--vary gpa=3: unknown setting 'gpa' (did you mean 'gap'?)"),
        ("gap", "must be SETTING=VALUES"),
        ("units=0,5", "units = 0: must be a whole number from 1 to 8192"),
        ("units=5,10,5", "5 is there twice"),
        ("units=9..3", "must grow"),
        ("units=1..10*1", "must grow"),
        ("units=a..b", "units = a: must be a number"),
        ("learning-rate=0~1", "learning_rate = 0.0: must be a number above 0"),
        ("learning-rate=1e-4~1e-1*2", "has no steps"),
        ("units=1..1e12", "more than 100000 values"),
        ("units=none", "always has a value"),
        ("learning-rate=nan..1", "learning_rate = nan: must be a number"),
    ],
)
def test_a_wrong_axis_is_refused_in_one_line(text, words):
    with pytest.raises(UsageError) as caught:
        parse_axis(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["gap=3,10", "clip-norm=none,1", "learning-rate=1e-4~1e-1", "units=4~64"])
def test_an_axis_reads_back_equal(text):
    axis = parse_axis(text)
    assert axis_from_json(axis_to_json(axis)) == axis


@pytest.mark.parametrize("document", [None, {}, {"name": "gap"}, {"name": "gap", "low": "1", "high": 2}])
def test_what_is_no_axis_is_refused(document):
    with pytest.raises(ValueError, match="axis"):
        axis_from_json(document)
