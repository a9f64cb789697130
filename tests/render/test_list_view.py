import io

import pytest

from seqmem.render.console import build_console
from seqmem.render.list_view import draw_list


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
    assert "corrupt: result.json: is ?[31mno JSON" in text
    assert "\x1b" not in text
    assert "3 runs, 2 of them without a result" in text


def test_an_empty_list_says_how_to_fill_it():
    assert "seqmem train" in drawn(draw_list([]))
