import io
import sys
import time

import pytest
from rich.text import Text
from tmux import Terminal, needs_tmux

from seqmem.terminal.console import build_console
from seqmem.terminal.live import LiveDisplay


class Counting(LiveDisplay):
    done = 0

    def show(self, state):
        self.done = state
        self.advance(state, 10)
        self.print_line(Text(f"{state} of 10"))

    def words(self, short=False):
        known = [f"{self.done} done", *([] if short else ["12 to and fro"]), "and so on"]
        return known if self.done else ["getting ready"]

    def above(self, page):
        return [Text("=" * page.width, no_wrap=True)]

    def below(self, page):
        return [Text("below")]


class Stream(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def ten(fail=False):
    yield from range(1, 11)
    if fail:
        raise KeyboardInterrupt
    return "the result"


def drawn(display, console):
    with console.capture() as captured:
        console.print(display)
    return captured.get().splitlines()


@pytest.mark.parametrize(("seconds", "printed"), [(1, [5, 10]), (6, list(range(1, 11))), (0, [10])])
def test_lines_come_now_and_then_and_the_last_at_the_end(seconds, printed):
    clock, stream = [0.0], io.StringIO()
    console = build_console(stream, environment={})

    def steps():
        for step in range(1, 11):
            clock[0] += seconds
            yield step

    with Counting(console, clock=lambda: clock[0]) as display:
        display.follow(steps())
    assert stream.getvalue().splitlines() == [f"{step} of 10" for step in printed]


def test_no_line_is_left_for_the_end_where_work_was_interrupted():
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt), Counting(build_console(stream, environment={})) as display:
        display.follow(ten(fail=True))
    assert stream.getvalue() == ""


@pytest.mark.parametrize("fail", [False, True])
def test_a_terminal_is_left_as_it_was(fail):
    stream = Stream()
    console = build_console(stream, environment={"TERM": "xterm", "COLUMNS": "60"})
    try:
        with Counting(console) as display:
            assert display.moves
            display.follow(ten(fail))
    except KeyboardInterrupt:
        assert fail
    text = stream.getvalue()
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert text.rstrip("\r").endswith("\x1b[2K")
    assert "of 10" not in text


def test_quiet_shows_nothing_at_all():
    for stream in (Stream(), io.StringIO()):
        with Counting(build_console(stream, environment={"TERM": "xterm"}), quiet=True) as display:
            display.follow(ten())
        assert stream.getvalue() == ""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [24, 40, 60, 80, 160])
def test_the_bar_fits_any_width_and_has_at_most_32_columns(width, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = build_console(stream, "never", width=width, environment={})
    display = Counting(console)
    assert [line.strip() for line in drawn(display, console)[1:]] == ["getting ready", "below"]
    display.show(5)
    display.notice = "about to stop"
    lines = drawn(display, console)
    assert max(map(len, lines)) <= width
    # on a narrow page some words go, and then the rest stands below the bar
    assert " 50%" in lines[1]
    assert ("to and fro" in "".join(lines)) is (width >= 60)
    assert lines[1 if width >= 40 else 2].rstrip().endswith(" and so on")
    assert [line.strip() for line in lines[-2:]] == ["about to stop", "below"]
    bar = lines[1].count("\u2501" if encoding == "utf-8" else "-")
    assert bar == 16 if width >= 80 else 7 <= bar <= 16
    assert encoding == "utf-8" or "".join(lines).isascii()


def test_each_frame_asks_how_wide_the_terminal_is_now(monkeypatch):
    columns = [100]
    monkeypatch.setattr("os.get_terminal_size", lambda descriptor=1: (columns[0], 30))
    console = build_console(Stream(), environment={"TERM": "xterm"})
    display = Counting(console)
    for width, shown in ((100, 100), (50, 50), (300, 160)):
        columns[0] = width
        assert len(drawn(display, console)[0]) == shown


def test_the_rate_does_not_count_the_time_to_compile():
    clock = [0.0]
    display = Counting(build_console(io.StringIO(), environment={}), clock=lambda: clock[0])
    clock[0] = 100.0
    display.show(1)
    assert display.task.speed is None
    for step in (2, 3):
        clock[0] += 60.0
        display.show(step)
    assert display.task.speed == pytest.approx(1 / 60)
    assert display.task.time_remaining == 7 * 60


RESIZED = """
import sys, time
from rich.text import Text
from seqmem.terminal.console import talk
from seqmem.terminal.live import LiveDisplay
from seqmem.terminal.output import Output

class Wide(LiveDisplay):
    def show(self, state):
        self.advance(state, 100)
    def words(self, short=False):
        return ["torn"]
    def above(self, page):
        return [Text("torn " + "=" * min(70, page.width - 6), no_wrap=True)] * 6

with Wide(talk(Output())) as live:
    for step in range(100):
        live.show(step)
        time.sleep(float(sys.argv[1]) / 100)
print("the end")
"""


@needs_tmux
@pytest.mark.parametrize("rows", [24, 40])
def test_a_window_that_is_resized_keeps_no_torn_line(rows, tmp_path):
    (tmp_path / "script.py").write_text(RESIZED)
    with Terminal(tmp_path, f"seq 8; {sys.executable} script.py 4", 60, rows) as terminal:
        for width in (60, 100, 40, 80):
            terminal.resize(width)
            terminal.wait(lambda lines: sum(line.startswith("torn =") for line in lines) >= 6)
            time.sleep(0.6)
        terminal.wait(lambda lines: "the end" in lines)
        assert terminal.lines() == [*"12345678", "the end"]
