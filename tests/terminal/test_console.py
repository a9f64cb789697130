import io

import pytest
from render_samples import memoryless_run
from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.render.run_view import draw_run
from seqmem.render.task_view import draw_task
from seqmem.results.task import TaskResult
from seqmem.terminal.console import build_console, fill, page_of, wrap
from seqmem.terminal.style import ASCII, UNICODE, Glyphs, glyphs_for
from seqmem.terminal.wording import shown_symbol

TERMINAL = {"TERM": "xterm-256color"}


class Stream(io.TextIOWrapper):
    """Text that is kept, from a stream that says whether it is a terminal."""

    def __init__(self, terminal=False, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def written(self):
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


def printed(stream, what="[x] :smile:", **asked):
    console = build_console(stream, **asked)
    console.print(Text(str(what), "bold red") if isinstance(what, str) else what)
    return stream.written()


@pytest.mark.parametrize(
    ("terminal", "color", "environment", "coloured"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (True, "auto", {"FORCE_COLOR": "0"}, False),
        (False, "auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (False, "always", {"NO_COLOR": "1"}, True),
        (True, "never", {"FORCE_COLOR": "1"}, False),
        (True, "auto", {"TERM": "dumb"}, False),
        (True, "always", {"TERM": "dumb"}, True),
    ],
)
def test_option_then_no_color_then_force_color_then_terminal_decide(terminal, color, environment, coloured):
    text = printed(Stream(terminal), color=color, environment=TERMINAL | environment)
    assert ("\x1b[" in text) is coloured


def test_without_colour_not_even_bold_is_written():
    stream = Stream(terminal=True)
    assert "\x1b" not in printed(stream, draw_run(memoryless_run()), environment=TERMINAL | {"NO_COLOR": "1"}, width=80)


def test_brackets_and_colons_are_printed_as_they_are():
    assert printed(Stream(), environment={}) == "[x] :smile:\n"


@pytest.mark.parametrize(
    ("terminal", "environment", "moves"),
    [
        (True, TERMINAL, True),
        (False, {"FORCE_COLOR": "1"}, False),
        (False, {"TTY_INTERACTIVE": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, TERMINAL | {"NO_COLOR": "1"}, True),
    ],
)
def test_only_a_terminal_that_can_move_its_cursor_is_interactive(terminal, environment, moves):
    assert build_console(Stream(terminal), environment=environment).is_interactive is moves


@pytest.mark.parametrize(
    ("columns", "width"), [("70", 70), ("1000", 160), ("160", 160), ("60", 60), ("", 80), ("wide", 80)]
)
def test_width_is_the_columns_up_to_160_and_80_in_a_pipe(columns, width):
    assert build_console(Stream(), environment={"COLUMNS": columns}).width == width


def test_a_width_that_is_asked_for_is_taken():
    assert build_console(Stream(), width=200, environment={"COLUMNS": "70"}).width == 200


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_stream_that_is_not_unicode_gets_ascii_glyphs(encoding):
    stream = Stream(encoding=encoding)
    text = printed(stream, draw_run(memoryless_run()), environment={})
    assert text.isascii()
    assert "?" not in text


def test_a_symbol_that_cannot_be_encoded_does_not_raise():
    assert printed(Stream(encoding="ascii"), "caf\u00e9 \u2713", environment={}) == "caf\\xe9 \\u2713\n"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", ["caf\\xe9", "\\u4f60\\u597d", "\\u4f60\\u4eec"]),
        ("cp1252", ["caf\u00e9", "\\u4f60\\u597d", "\\u4f60\\u4eec"]),
        ("utf-8", ["caf\u00e9", "\u4f60\u597d", "\u4f60\u4eec"]),
    ],
)
def test_symbols_that_a_stream_cannot_carry_are_told_apart(encoding, shown):
    symbols = ["caf\u00e9", "\u4f60\u597d", "\u4f60\u4eec"]
    assert [shown_symbol(symbol, 12, glyphs_for(encoding)) for symbol in symbols] == shown
    config = RunConfig.from_settings({"sequences": [f"{symbol} 1 2 {symbol}" for symbol in symbols]})
    text = printed(Stream(encoding=encoding), draw_task(TaskResult(config)), environment={})
    assert all(text.count(symbol) >= 2 for symbol in shown)
    assert "?" not in text


def test_what_could_steer_a_terminal_is_escaped():
    assert shown_symbol("\x1b[31m\u200b\udcff", 40) == "\\x1b[31m\\u200b\\udcff"


def test_utf_8_gets_unicode_glyphs():
    assert glyphs_for("UTF-8") is UNICODE
    assert glyphs_for("utf_8") is UNICODE
    assert glyphs_for("ascii") is ASCII


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_marks_of_a_step_differ_from_each_other(glyphs: Glyphs):
    marks = [glyphs.right, glyphs.wrong, glyphs.near, glyphs.open, glyphs.recall]
    assert len(set(marks)) == 5
    assert len(set(glyphs.markers)) == len(glyphs.markers)


def test_ascii_glyphs_are_ascii():
    assert all(str(glyph).isascii() for glyph in vars(ASCII).values())


def test_a_page_knows_width_glyphs_and_colour():
    page = page_of(build_console(Stream(encoding="ascii"), width=72, environment={}))
    assert (page.width, page.glyphs, page.colour) == (72, ASCII, False)


def test_parts_fill_lines_and_are_never_broken():
    lines = fill(["solved", Text("2 of 3", "muted"), "gap 3"], 16, " | ", start=1, hanging=3)
    assert [line.plain for line in lines] == [" solved | 2 of 3", "   gap 3"]
    assert lines[0].spans[0].style == "muted"
    assert fill([], 16) == []


def test_a_text_is_broken_between_words_and_within_those_longer_than_a_line():
    text = Text("the worker died at aaaaaaaaaaaaaaaaaaaaaaaaa twice", "wrong")
    lines = wrap(text, 14, start=1, hanging=2)
    assert [line.plain for line in lines] == [
        " the worker",
        "  died at",
        "  aaaaaaaaaaaa",
        "  aaaaaaaaaaaa",
        "  a twice",
    ]
    assert all([span.style for span in line.spans] == ["wrong"] for line in lines)
    assert [line.plain for line in wrap("", 14)] == [""]
