"""The best that a recipe allows, drawn beside the result."""

import dataclasses

import pytest
from render_samples import memoryless_run

from seqmem.judge.baseline import Baseline
from seqmem.render.verdict_view import verdict_lines
from seqmem.terminal.console import Page
from seqmem.terminal.style import UNICODE


def lines_at(width: int, control: Baseline | None) -> list[str]:
    result = memoryless_run(cell="mlp", replicates=2)
    page = Page(width, UNICODE, True)
    return [line.plain for line in verdict_lines(dataclasses.replace(result, recipe_limit=control), page)]


@pytest.mark.parametrize("width", [70, 88, 89, 120])
def test_the_baseline_of_the_recipe_is_a_column_of_its_own(width):
    lines = lines_at(width, Baseline(0.9, 0.75, 0.05, 0.2))
    row = next(line for line in lines if line.strip().startswith("recall accuracy"))
    assert row.split()[-2:] == ["0.500", "0.750"]
    assert any(line.endswith("baseline  recipe limit") for line in lines)
    assert max(map(len, lines[:-2])) <= width


@pytest.mark.parametrize(("width", "control"), [(50, Baseline(0.9, 0.75, 0.05, 0.2)), (100, None)])
def test_there_is_no_column_without_room_or_without_a_control(width, control):
    assert not any("recipe limit" in line for line in lines_at(width, control))
