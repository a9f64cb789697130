import xml.etree.ElementTree as ElementTree

from render_samples import solved_run
from rich.cells import cell_len

from seqmem.charts.heat_map import heat_map, shade
from seqmem.export.pages import svg_text
from seqmem.render.run_view import draw_run
from seqmem.terminal.style import ASCII
from seqmem.terminal.wording import shown_amount, shown_score, shown_seconds, shown_symbol

GRID = [[1.0, 0.5, None], [0.0, 0.25, 0.75]]


def test_a_heat_map_holds_its_digits_with_and_without_colour():
    for colour in (True, False):
        text = heat_map(GRID, [5, 20], [3, 10, 30], row_title="units", column_title="gap", colour=colour)
        lines = text.plain.splitlines()
        assert lines[2].split() == ["5", "1.00", "0.50", "-"]
        assert lines[3].split() == ["20", "0.00", "0.25", "0.75"]
        assert bool([span for span in text.spans if getattr(span.style, "bgcolor", None)]) is colour


def test_a_heat_map_too_wide_for_digits_uses_colours_or_shades():
    wide = [[index / 299 for index in range(300)] for _ in range(4)]
    colours = heat_map(wide, range(4), range(300), width=80)
    blocks = colours.plain.splitlines()
    shades = heat_map(wide, range(4), range(300), width=80, colour=False, glyphs=ASCII).plain.splitlines()
    assert [len(blocks), len(shades)] == [6, 6]
    assert max(map(len, blocks + shades)) <= 80
    assert shades[1].endswith("#")
    columns = 80 - len(" 0 ")
    assert sum(bool(getattr(span.style, "bgcolor", None)) for span in colours.spans) == 4 * columns + 12


def test_symbols_of_double_width_keep_the_columns_of_a_heat_map():
    lines = heat_map(GRID, ["a", "\u6f22\u5b57"], [3, "\u6f22", 30], width=80, colour=False).plain.splitlines()
    for line, text in zip(lines[1:3], ("1.00", "0.00"), strict=True):
        assert cell_len(line[: line.index(text)]) == len(" abcd ") + 1


def test_colours_go_from_dark_to_light():
    assert [sum(shade(value, 0, 1)) for value in (0, 0.25, 0.5, 0.75, 1)] == sorted(
        sum(shade(value, 0, 1)) for value in (0, 0.25, 0.5, 0.75, 1)
    )
    assert shade(5, 1, 1) == shade(0, 0, 1)


def test_a_picture_is_well_formed_the_same_each_time_and_fetches_nothing():
    text = svg_text(draw_run(solved_run()), 80, "seqmem train")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert text == svg_text(draw_run(solved_run()), 80, "seqmem train")
    assert "url(http" not in text
    assert "@font-face" not in text
    assert "monospace" in text


def test_numbers_are_short_and_plain():
    assert [shown_amount(value) for value in (0, 0.5, 950, 12_000, 1_500_000, 2e9)] == [
        "0",
        "0.5",
        "950",
        "12k",
        "1.5M",
        "2G",
    ]
    assert [shown_score(value) for value in (None, 0.5, 0.0, 1e-6, float("nan"))] == [
        "-",
        "0.500",
        "0.000",
        "1e-06",
        "nan",
    ]
    assert [shown_seconds(value) for value in (8, 200, 7500)] == ["8 s", "3 min 20 s", "2 h 05 min"]
    assert shown_symbol("abcdefgh", 5) == "abcd…"
