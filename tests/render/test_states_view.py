"""Where the cue is kept, drawn from a record made by hand."""

import dataclasses
import io
import math

import pytest
from render_samples import HELD, LOST, solved_run
from render_samples import states_record as record

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.render.eval_view import draw_eval
from seqmem.results.evaluation import EvalResult
from seqmem.results.states import Recall, ShownSequence, UnitResult, UnitState
from seqmem.terminal.console import build_console


def drawn(result, width=80, color="never", encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = build_console(stream, color, width, {"COLORTERM": "truecolor"})
    console.print(draw_eval(EvalResult(solved_run(), states=result)))
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    return text[text.index("where the cue is kept") - 1 : text.index("Solved: ")]


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("time", [2, 5, 30, 1001])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_keeps_to_its_width_and_names_the_unit(width, time, encoding):
    text = drawn(record(time), width, encoding=encoding)
    assert max(map(len, text.splitlines())) <= width
    assert "?" not in text
    assert "Unit 4 carries the cue: silenced, recall falls from 1.000 to 0.500 (baseline 0.500)." in words(text)
    assert "with the 19 others silenced instead, recall is 1.000" in words(text)
    assert "8 of 20 units" in text
    rows = [line.split() for line in text.splitlines() if line.startswith((" ● 4 ", " o 4 "))]
    assert rows[1][-3 if width >= 80 else -2] == "0.500"


def test_each_sequence_stands_beside_the_other_and_their_difference():
    lines = drawn(record()).splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith(" unit c"))
    assert lines[at].split() == ["unit", "c", "cue", "3", "cue", "4", "difference"]
    assert lines[at + 1].split() == ["3", "1", "2", "0", "1", "4", "1", "2", "0", "1", "step", "1", "5"]
    assert lines[at + 2].split() == ["●", "4", "▲" * 20, "▼" * 20, "▼" * 20]
    assert lines[at + 3].split() == ["0", "·" * 20, "▼" * 20, "▼" * 20]
    assert "-1 ▼▼▽···△▲▲ 1  of the unit's largest, at most 1" in drawn(record())


def test_steps_that_are_not_drawn_are_told():
    assert "each column is one step" not in drawn(record(time=20))
    assert "each column is one step: 22 and 34 of 1,001 are drawn, evenly spread" in words(drawn(record(time=1001)))


def test_colours_say_what_glyphs_say_without_them():
    text = drawn(record(), color="always")
    assert "▼" not in text
    assert "48;2;255;190;110m" in text  # of 1
    assert "48;2;140;200;255m" in text  # of -1
    assert "38;2;236;222;92m" in text  # of an area of 1


def test_several_units_are_all_drawn_and_named():
    several = tuple(str(at) for at in range(10))
    text = drawn(record(kept_by=several))
    assert all(text.count(f" ● {name} ") == 2 for name in several)
    assert "Units 0, 1, 2, 3, 4, 5, 6, 7, 8 and 9 carry the cue: silenced together" in words(text)
    assert "still above the baseline" in words(drawn(record(without=dataclasses.replace(LOST, forgotten=False))))


def test_no_unit_is_named_where_there_is_none():
    text = drawn(record(kept_by=(), intact=LOST, alone=None))
    assert "✗ No unit carries the cue: this replicate does not remember it." in text
    text = drawn(record(kept_by=(), without=HELD, alone=None))
    assert "No unit can be named: with all 0 that tell the cue silenced, recall is still 1.000." in words(text)
    assert "carries" not in text
    assert "silenced instead" not in text


def test_with_few_strings_nothing_is_said_of_telling():
    text = drawn(record(chance=None, strings=1, sequences=2, tried=0))
    assert "at recall" not in text
    assert "only 1 string of fillers, where any difference tells the cue" in words(text)
    assert "measured on" not in text


def test_a_task_without_fillers_has_its_own_words():
    shown = (ShownSequence("sat", ("the", "cat")), ShownSequence("ran", ("a", "cat")))
    words_of_task = {"group_words": ("group", "of sequences that look alike"), "chance": None, "strings": 1, "tried": 0}
    text = words(drawn(record(time=2, shown=shown, **words_of_task)))
    assert "recall sat recall ran difference" in text
    assert "only 1 group of sequences that look alike, where any" in text
    assert "--fillers" not in text


def test_it_draws_itself():
    assert "Unit 4 carries the cue" in str(record())


def test_what_has_diverged_is_drawn_too():
    nothing = Recall(0.5, math.nan, False, True)
    course = UnitState("h", (math.nan,) * 5, ((math.nan,) * 5,) * 2)
    unit = UnitResult("0", math.nan, False, nothing, (course,))
    changes = {"units": (unit,), "unit_count": 1, "intact": nothing, "without": nothing, "alone": None, "kept_by": ()}
    result = dataclasses.replace(record(), **changes, chance=math.nan, most_by_chance=math.nan)
    assert "No unit carries the cue" in drawn(result)
