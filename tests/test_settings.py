"""What each kind of setting takes and refuses."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmem.errors import SettingError, did_you_mean, one_line
from seqmem.judge.criterion import Criterion, CriterionText
from seqmem.settings import (
    Choice,
    Flag,
    Init,
    InitText,
    Integer,
    Number,
    Span,
    Window,
    Words,
    read_settings,
    setting,
    settings_of,
)
from seqmem.tasks.explicit import Sequences

REFUSED = [
    (Integer(1, 10), [0, 11, True, 1.0, 1.5, "1.0", "one", "", None, [1], {}, float("nan"), 10**400, "9" * 5000]),
    (Number(0.0, 5.0), [0, -1, 5.1, True, "x", "nan", "inf", float("nan"), float("inf"), None, [1.0], 10**400]),
    (Number(), ["-inf", float("-inf"), float("nan"), 10**400, -(10**400)]),
    (Choice(("adam", "sgd")), ["Adam", "", None, 1, True, ["adam"], {"adam": 1}]),
    (Flag(), [1, 0, "1", "on", None, [], 1.0]),
    (Span(1, 9), [0, 10, True, 1.0, "1:", ":", "3:2", "1:2:3", "1:10", [1], [1, 2, 3], [1, True], [1, 2.0], None, {}]),
    (Words(), ["", " ", [], [""], ["a b"], ["a", "\x1b[31m"], ["\ud800"], "a\x00", None, 3, {"a": 1}]),
    (Window(), [0, -1, 1.0, True, "0", "all", "1.5", "9" * 5000, [1]]),
    (CriterionText(), ["", "error", "error:0", "error:1", "error:nan", "recall:0", "recall:1.1", "argmax:1", 3, None]),
    (InitText(), ["", "uniform", "uniform:0", "uniform:101", "uniform:nan", "chrono:1", Init("x"), 3, None]),
    (Sequences(), ["a b", [], ["a"], [["a", "b c"]], [1], [None], {"a b": 1}]),
]


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in REFUSED for value in values], ids=repr)
def test_kinds_refuse_what_they_must_in_one_line(kind, value):
    with pytest.raises(SettingError) as caught:
        kind.read("name", value)
    text = str(caught.value)
    assert text.startswith("name = ")
    assert text.isprintable()
    assert len(text) < 300


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (Integer(1, 10), " 7 ", 7),
        (Integer(optional=True), None, None),
        (Number(0.0), "1e-3", 0.001),
        (Number(0.0), 3, 3.0),
        (Flag(), "Yes", True),
        (Flag(), "false", False),
        (Span(), "3", (3, 3)),
        (Span(), "3:5", (3, 5)),
        (Span(), [3, 5], (3, 5)),
        (Words(), " a  b ", ("a", "b")),
        (Words(), [1, "b"], ("1", "b")),
        (Window(), "sequence", None),
        (Window(), "12", 12),
        (CriterionText(), "error:0.250", Criterion("error", 0.25)),
        (CriterionText(), "recall:1", Criterion("recall")),
        (CriterionText(), "argmax", Criterion("argmax")),
        (InitText(), "chrono", Init("chrono")),
        (InitText(), "uniform:.20", Init("uniform", 0.2)),
        (Sequences(), ["a b", ["c", "d"]], (("a", "b"), ("c", "d"))),
    ],
)
def test_kinds_read_text_and_values_alike(kind, given, expected):
    found = kind.read("name", given)
    assert found == expected
    assert type(found) is type(expected)
    assert kind.read("name", kind.write(found)) == expected


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_spans_read_back_what_they_write(low, more):
    span = Span(1, 10**7)
    assert span.read("gap", span.write((low, low + more))) == (low, low + more)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.booleans() | st.text() | st.none())
def test_number_gives_a_finite_float_in_range_or_refuses(value):
    try:
        found = Number(0.0, 10.0).read("x", value)
    except SettingError:
        return
    assert type(found) is float
    assert 0 < found <= 10


def test_misspelt_choice_is_told_the_right_one():
    with pytest.raises(SettingError, match="did you mean 'adam'"):
        Choice(("adam", "sgd")).read("optimizer", "adm")
    assert did_you_mean("epocs", ["epochs", "gap"]) == " (did you mean 'epochs'?)"
    assert did_you_mean("zzz", ["epochs", "gap"]) == ""


def test_declared_settings_are_read_when_an_instance_is_made():
    @dataclasses.dataclass(frozen=True)
    class Part:
        plain: int = 3
        units: int = setting(2, Integer(1, 9), "Units.", "Network")

        def __post_init__(self):
            read_settings(self)

    assert [field.name for field in settings_of(Part)] == ["units"]
    assert Part(units="4").units == 4
    with pytest.raises(SettingError, match="units = 0: must be a whole number from 1 to 9"):
        Part(units=0)


def test_one_line_shows_nothing_that_a_terminal_would_obey():
    assert one_line("a\n\x1b[31m\ud800", 50) == r"a\n\x1b[31m\ud800"
    assert len(one_line("x" * 10**6, 50)) == 50
    assert one_line(16**5000, 50) == "a number of thousands of digits"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Span(), (3, 5)),
        (Words(), ("a", "b")),
        (InitText(), Init("uniform", 0.2)),
        (CriterionText(), Criterion("argmax")),
    ],
)
def test_a_value_proper_is_checked_and_not_read_again(kind, value, monkeypatch):
    monkeypatch.delattr(type(kind), "parse")
    assert kind.accept("name", value) == value


@pytest.mark.parametrize(
    ("kind", "value"), [(Span(), (5, 3)), (InitText(), Init("uniform", 0)), (CriterionText(), Criterion("error", 2))]
)
def test_a_value_proper_is_refused_where_it_is_out_of_bounds(kind, value):
    with pytest.raises(SettingError):
        kind.accept("name", value)
