import io

import pytest
from render_samples import memoryless_run
from rich.console import Console

from seqmem.render.live_run import LiveRun
from seqmem.results.run import Progress
from seqmem.terminal.console import build_console
from seqmem.terminal.style import build_theme

RUN = memoryless_run(replicates=20, epochs=250)


def steps(seconds=None, clock=None, stop_at=None):
    for index, record in enumerate(RUN.history):
        if index == stop_at:
            raise KeyboardInterrupt
        if clock is not None:
            clock[0] += seconds
        yield Progress(record.presentations, 500, sum(record.solved), 20, RUN.baseline, record)


def terminal(height=40):
    """A console that believes it is an interactive terminal, and keeps what it writes."""
    console = Console(file=io.StringIO(), force_terminal=True, force_interactive=True, width=80, height=height)
    console.push_theme(build_theme())
    return console


def follow(console, quiet=False, seconds=1.0):
    clock = [0.0]
    with LiveRun(console, RUN.config, quiet=quiet, clock=lambda: clock[0]) as live:
        live.follow(steps(seconds, clock))
    return console.file.getvalue()


def pipe():
    return build_console(io.StringIO(), environment={})


def test_without_a_terminal_a_line_comes_every_few_seconds_and_at_the_end():
    lines = [line for line in follow(pipe()).splitlines() if "of 500 presentations" in line]
    assert 9 <= len(lines) <= 12
    assert lines[-1].startswith("500 of 500 presentations, recall loss 0.2")
    assert "(baseline 0.277), 0 of 20 solved, 10 presentations/s" in lines[-1]
    assert " left" in lines[0]
    assert " left" not in lines[-1]


def test_a_quick_run_without_a_terminal_has_one_line():
    assert sum("presentations," in line for line in follow(pipe(), seconds=0.01).splitlines()) == 1


def test_without_a_terminal_a_line_says_at_once_what_takes_its_time():
    with LiveRun(pipe(), RUN.config) as live:
        last = live.console.file.getvalue().splitlines()[-1]
    assert last == "starting TensorFlow, then compiling: the first time takes longer"


def test_a_pipe_gets_no_cursor_codes():
    assert "\x1b" not in follow(pipe())


@pytest.mark.parametrize("console", [pipe, terminal])
def test_quiet_draws_nothing(console):
    assert follow(console(), quiet=True) == ""


def test_a_terminal_is_left_as_it_was():
    text = follow(terminal())
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert text.rstrip("\r").endswith("\x1b[2K")


def test_an_interrupted_view_is_taken_away_and_the_interrupt_goes_on():
    console = terminal()
    live = LiveRun(console, RUN.config)
    with pytest.raises(KeyboardInterrupt), live:
        live.follow(steps(stop_at=5))
    assert console.file.getvalue().rstrip("\r").endswith("\x1b[2K")


def test_the_bar_says_what_is_done_how_fast_and_how_long_it_takes():
    clock = [0.0]
    console = build_console(io.StringIO(), "never", width=100, environment={})
    stage = "start"
    live = LiveRun(console, RUN.config, quiet=True, clock=lambda: clock[0], stage=lambda: stage)

    def bar_line():
        with console.capture() as captured:
            console.print(live)
        return captured.get().splitlines()[-1]

    clock[0] = 3.0
    assert bar_line() == " starting TensorFlow · 3 s"
    stage = "compile"
    assert bar_line() == " compiling: the first time takes longer · 3 s"
    run = steps(1.0, clock)
    live.follow(step for _, step in zip(range(25), run, strict=False))
    bar, _, words = bar_line().strip().partition(" ")
    assert bar == "\u2501" * 16
    assert words.strip() == "50% 0 of 20 solved · 10 presentations/s · 25 s left"


@pytest.mark.parametrize(("height", "lines"), [(24, 6), (18, 4), (12, 0)])
def test_a_low_terminal_keeps_the_bar(height, lines):
    console = terminal(height)
    live = LiveRun(console, RUN.config)
    with live:
        live.follow(steps())
    console.file.truncate(0)
    console.print(live)
    text = console.file.getvalue()
    assert "of 20 solved" in text
    assert ("recall loss, nats" in text) is bool(lines)
    plotted = [line for line in text.splitlines() if "\u2524" in line or "\u2502" in line]
    assert len(plotted) == lines


@pytest.mark.parametrize("console", [pipe, terminal])
def test_the_header_stands_once_above_what_moves(console):
    assert follow(console()).count("network") == 1


def test_at_60_columns_the_rate_goes_before_the_bar():
    clock = [0.0]
    console = build_console(io.StringIO(), "never", width=60, environment={})
    live = LiveRun(console, RUN.config, quiet=True, clock=lambda: clock[0])
    live.follow(step for _, step in zip(range(25), steps(1.0, clock), strict=False))
    with console.capture() as captured:
        console.print(live)
    bar, _, words = captured.get().splitlines()[-1].strip().partition(" ")
    assert len(bar) == 14
    assert words.strip() == "50% 0 of 20 solved · 25 s left"
