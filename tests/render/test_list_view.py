import io

import pytest

from seqmem.render.list_view import draw_list
from seqmem.terminal.console import build_console


def drawn(renderable, width=80):
    stream = io.StringIO()
    build_console(stream, width=width, environment={}).print(renderable)
    return stream.getvalue()


ROWS = [
    {"run": "runs/first-gap3", "status": "complete", "verdict": "solved", "solved": 20, "replicates": 20, "gap": 3},
    {"run": "runs/second", "status": "interrupted", "replicates": 20, "gap": "2:30", "cell": "lstm", "units": 20},
    {"run": "runs/broken", "status": "corrupt", "problem": "runs/broken/result.json: is \x1b[31mno JSON"},
]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_list_shows_every_run_and_says_what_is_wrong_with_a_damaged_one(width):
    text = drawn(draw_list(ROWS), width)
    assert max(map(len, text.splitlines())) <= width
    assert "20/20" in text
    assert "corrupt: result.json: is \\x1b[31mno JSON" in text
    assert "\x1b" not in text
    assert "3 runs, 2 of them without a result" in text


def test_an_empty_list_says_how_to_fill_it():
    assert "seqmem train" in drawn(draw_list([]))


def test_every_verdict_is_a_word_and_a_sign_with_its_counts():
    row = {"run": "runs/a", "status": "complete", "replicates": 4, "solved": 0, "remember": 4, "memoryless": 0}
    rows = [
        row | {"verdict": "remembers", "diverged": 0, "recall_accuracy": 0.98, "recall_baseline": 0.5},
        row | {"verdict": "memoryless", "diverged": 0, "recall_accuracy": 1.0, "recall_baseline": 0.5, "remember": 0},
        row | {"verdict": "nothing_to_remember", "solved": None},
    ]
    text = drawn(draw_list(rows), 120)
    head, first, second, third = text.splitlines()[:4]
    assert head.split()[:7] == ["run", "verdict", "solved", "remember", "memoryless", "diverged", "recall"]
    assert first.split()[1:8] == ["◔", "remembers", "0/4", "4", "0", "0", "0.980"]
    assert "✗ memoryless" in second
    assert "≈ 1.000" in second
    assert "∅ nothing to remember" in third
    assert "≈ recall that was not counted as evidence of memory" in text
