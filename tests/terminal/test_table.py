import pytest
from rich.text import Text

from seqmem.terminal.console import Page
from seqmem.terminal.style import ASCII, UNICODE
from seqmem.terminal.table import Column, fit_columns, table

COLUMNS = [
    Column("run", "left", least=8),
    Column("verdict", style="muted"),
    Column("recall", rank=2),
    Column("presentations to success", rank=3),
    Column("loss", rank=1, width=6),
]
ROWS = [
    ["runs/first", ("solved", "solved"), "1.000", "1,200", "0.01"],
    ["runs/漢字漢字漢字漢字", Text("partly", "partly"), "0.750", "-", "0.25"],
    ["runs/broken", "corrupt: config.toml is not a file that can be read, whatever is tried"],
]


def plain(page, columns=COLUMNS, rows=ROWS, **how):
    return [line.plain for line in table(columns, rows, page, **how)]


def test_columns_are_kept_by_rank_and_stand_in_their_order():
    assert fit_columns([5, 5, 5, 5], [0, 2, 1, 3], room=19) == [0, 1, 2]
    assert fit_columns([5, 5, 5, 5], [0, 2, 1, 3], room=18) == [0, 2]
    assert fit_columns([5, 5, 5], [0, 1, 1], room=40) == [0, 1, 2]


def test_a_column_is_shown_only_with_all_that_tell_more():
    assert fit_columns([5, 30, 5], [0, 1, 2], room=20) == [0]


def test_columns_of_one_rank_are_shown_together_or_not_at_all():
    assert fit_columns([5, 5, 5], [0, 1, 1], room=19) == [0, 1, 2]
    assert fit_columns([5, 5, 5], [0, 1, 1], room=18) == [0]


def test_columns_of_rank_0_are_kept_where_they_do_not_fit_either():
    assert fit_columns([30, 30, 1], [0, 0, 1], room=20) == [0, 1]


def test_where_no_column_has_room_cells_stand_below_each_other_and_nothing_is_cut():
    columns = [Column("", "left"), Column("recall accuracy"), Column("more", rank=1)]
    rows = [["a replicate of many", "0.123", "x"], ["another", "0.5", "y"], ["corrupt: its file is gone"]]
    assert plain(Page(20, UNICODE), columns, rows) == [
        " a replicate of many",
        "   recall accuracy",
        "     0.123",
        " another",
        "   recall accuracy",
        "     0.5",
        " corrupt: its file",
        "   is gone",
    ]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_a_table_keeps_to_its_page_and_its_columns_stand_under_each_other(width, glyphs):
    lines = table(COLUMNS, ROWS, Page(width, glyphs))
    assert max(line.cell_len for line in lines) <= width
    heading, first, second, broken = lines
    ends = {name: heading.plain.index(name) + len(name) for name in ("verdict", "loss")}
    for line, verdict, loss in ((first, "solved", "0.01"), (second, "partly", "0.25")):
        # a symbol of double width is one character and takes two columns
        cells = "".join(character + "\0" * (Text(character).cell_len - 1) for character in line.plain)
        assert cells.index(verdict) + len(verdict) == ends["verdict"]
        assert cells.index(loss) + len(loss) == ends["loss"]
    assert "corrupt: " in broken.plain
    assert not any(line.plain.endswith(" ") for line in lines)


def test_what_is_left_out_depends_on_the_width():
    headings = {width: plain(Page(width))[0].split() for width in (40, 60, 160)}
    assert headings[40] == ["run", "verdict", "loss"]
    assert headings[60] == ["run", "verdict", "recall", "loss"]
    assert headings[160] == ["run", "verdict", "recall", "presentations", "to", "success", "loss"]


def test_a_cell_that_may_be_cut_ends_in_an_ellipsis_of_the_page():
    columns, rows = [Column("run", "left", least=8), Column("verdict")], [["a-name-of-a-run", "solved"]]
    assert plain(Page(21, UNICODE), columns, rows) == [" run          verdict", " a-name-of-…   solved"]
    assert plain(Page(21, ASCII), columns, rows)[1] == " a-name-of-~   solved"
    assert plain(Page(18, UNICODE), columns, rows)[1] == " a-name-…   solved"


def test_a_path_that_is_too_long_loses_its_middle():
    columns = [Column("run", "left", least=8, keeps_ends=True), Column("verdict")]
    rows = [["runs/漢字-gap3-first", "solved"]]
    assert plain(Page(20), columns, rows)[1] == " runs…first   solved"
    assert plain(Page(18), columns, rows)[1] == " run…irst   solved"
    assert plain(Page(27), columns, rows)[1] == " runs/漢…p3-first    solved"


def test_only_the_last_cell_of_a_short_row_widens_no_column():
    columns, rows = [Column("gap"), Column("verdict"), Column("x")], [["1000", "failed, because"], ["1", "solved", "2"]]
    assert plain(Page(40), columns, rows) == [
        "  gap  verdict  x",
        " 1000  failed, because",
        "    1   solved  2",
    ]


def test_the_last_cell_of_a_short_row_runs_on_and_is_cut_at_the_end_of_the_page():
    rows = [["1", "a", "b"], ["10", "failed, because nothing works today"], ["100"]]
    columns = [Column("gap", "left"), Column("x", rank=1), Column("y", rank=1)]
    assert plain(Page(41), columns, rows) == [
        " gap  x  y",
        " 1    a  b",
        " 10   failed, because nothing works today",
        " 100",
    ]
    assert plain(Page(20), columns, rows)[2] == " 10   failed, becau…"
    assert plain(Page(4), columns, rows)[:3] == [" gap", " 1", " 10…"]


def test_without_headings_there_is_no_line_for_them():
    assert plain(Page(40), [Column(align="left"), Column(width=6)], [["a", "1"], ["bcd", "2"]], indent=3, gap=1) == [
        "   a        1",
        "   bcd      2",
    ]


def test_styles_of_cells_lie_over_those_of_their_column():
    heading, line, other, _ = table(COLUMNS, ROWS, Page(160))
    assert {span.style for span in heading.spans} == {"label", "muted"}
    styles = [span.style for span in line.spans if line.plain[span.start : span.end].strip() == "solved"]
    assert styles == ["muted", "solved"]
    assert "partly" in {span.style for span in other.spans}


def test_a_table_of_no_rows_is_its_headings():
    assert plain(Page(40), [Column("a"), Column("b")], []) == [" a  b"]
