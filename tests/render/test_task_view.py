import io

import pytest

from seqmem.config.run_config import RunConfig
from seqmem.render.task_view import draw_task
from seqmem.results.task import TaskResult
from seqmem.terminal.console import build_console


def drawn(renderable, width=80):
    stream = io.StringIO()
    build_console(stream, width=width, environment={}).print(renderable)
    return stream.getvalue()


def task_text(width=100, **settings):
    return drawn(draw_task(TaskResult(RunConfig.from_settings(settings))), width)


def test_a_task_shows_its_sequences_its_conflict_and_its_baselines():
    text = task_text()
    assert "3 0 1 2 3" in text
    assert "after 2: 3 or 4; the first symbol decides" in text
    assert "2 different" in text
    assert ["accuracy", "0.8750", "0.5000"] in [line.split() for line in text.splitlines()]


def test_own_sequences_show_which_symbol_decides_and_what_is_open():
    text = task_text(sequences=["the cat sat", "a cat ran", "the dog sat"])
    assert "after cat: sat or ran; the first symbol decides" in text
    assert "after the at the start: cat or dog; open: nothing decides" in text


def test_a_decider_in_the_middle_is_counted_back():
    text = task_text(sequences=["x a 1 2 p", "x b 1 2 q", "y a 1 2 p", "y b 1 2 q"])
    assert "after 2: p or q; the symbol 2 before decides" in text


def test_a_task_without_conflict_says_so():
    assert "none: the last symbol always tells the next" in task_text(sequences=["a b c"])


def test_pairs_and_arrays_come_when_asked_for():
    text = drawn(draw_task(TaskResult(RunConfig(), pairs=True, arrays=True)), 80)
    assert "2  →  3  only the cue tells" in text
    assert "[0 0 0 1 0]     [1 0 0 0 0]" in text
    for shape in ("(1, 1, 5)", "(4, 1, 5)", "(1, 4, 5)", "(4, 2, 5)", "(4, 1, 10)", "(2, 4, 5)", "(2, 1, 5)"):
        assert shape in text
    assert "[0 0 0 1 0]" not in drawn(draw_task(TaskResult(RunConfig())))


def test_presentations_are_shown_in_their_order_when_counted():
    text = drawn(draw_task(TaskResult(RunConfig(), count=3)))
    assert [line.strip() for line in text.splitlines()[3:6]] == ["3 0 1 2 3", "4 0 1 2 4", "3 0 1 2 3"]


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({}, 2),
        ({"gap": "3:5"}, 6),
        ({"fillers": "fixed"}, 2),
        ({"fillers": "fresh", "pool": 7}, 14),
        ({"fillers": "fresh", "alphabet_size": 4, "gap": 3}, 2 * 2**3),
        ({"fillers": "fresh", "gap": 1000}, None),
        ({"sequences": ["a b", "a b", "a c"]}, 2),
    ],
)
def test_different_sequences_are_counted(settings, count):
    assert RunConfig.from_settings(settings).task.sequence_count == count


@pytest.mark.parametrize("width", [60, 160])
@pytest.mark.parametrize(
    "settings",
    [
        {"gap": 1000, "fillers": "fresh"},
        {"gap": 50_000, "cues": 5000, "alphabet_size": 6000, "fillers": "fixed"},
        {"sequences": [" ".join("ab"[index % 2] for index in range(300))]},
        {"gap": "3:8", "trigger": True, "cues": 30},
    ],
)
def test_a_task_of_any_size_is_drawn_within_its_width(settings, width):
    text = drawn(draw_task(TaskResult(RunConfig.from_settings(settings), pairs=True, arrays=True)), width)
    assert max(map(len, text.splitlines())) <= width
    assert len(text.splitlines()) < 120


def test_pairs_have_the_lags_of_the_settings():
    lines = drawn(draw_task(TaskResult(RunConfig(lags=2, window=1), pairs=True))).splitlines()
    assert " pairs: each step sees the last 2 symbols and is to predict the next" in lines
    assert lines[lines.index(" pairs: each step sees the last 2 symbols and is to predict the next") + 1].split() == [
        "step", "1", "-", "3", "\u2192", "0",
    ]  # fmt: skip
    assert "   step    4    1    2  \u2192  3  only the cue tells" in lines


def test_many_presentations_are_counted_not_drawn():
    lines = drawn(draw_task(TaskResult(RunConfig(), count=100_000))).splitlines()
    assert sum(line in ("   3 0 1 2 3", "   4 0 1 2 4") for line in lines) == 40
    assert "   and 99,960 more; --to FILE writes them all" in lines


def test_ordered_fillers_that_wrap_around_are_told():
    assert "fillers   10 symbols in order, over and over to the end of the gap" in task_text(gap=11)
    assert "over and over" not in task_text(gap=10)


@pytest.mark.parametrize("width", [60, 80])
def test_shapes_keep_their_notes_at_any_width(width):
    lines = drawn(draw_task(TaskResult(RunConfig(), arrays=True)), width).splitlines()
    assert any(line.startswith("   stateless ") for line in lines)
    assert sum("state lasts within the call" in line for line in lines) == 1
    assert any(line == "       state lasts within the call" for line in lines) is (width == 60)


def test_pairs_on_a_narrow_page_leave_out_the_oldest_symbols():
    config = RunConfig.from_settings({"sequences": ["eleven-long1 eleven-long2 eleven-long3 x"], "context": 3})
    lines = drawn(draw_task(TaskResult(config, pairs=True)), 60).splitlines()
    assert "   step    3  eleven-long2  eleven-long3  →  x" in [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
def test_cue_and_recall_are_named_in_full_below_what_they_name(width):
    lines = task_text(width, gap=100).splitlines()
    [names] = [line for line in lines if "▴" in line]
    sequence = lines[lines.index(names) - 1]
    assert [sequence[at - 1 : at + 1] for at, sign in enumerate(names) if sign == "▴"] == ["11", "11"]
    assert names.split() in (["▴", "cue", "▴", "recall"], ["▴", "cue", "recall", "▴"])
