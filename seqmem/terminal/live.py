"""A live display of work: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import abc
import math
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.control import Control
from rich.live import Live
from rich.live_render import LiveRender
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.segment import Segment
from rich.table import Column
from rich.text import Text

from seqmem.terminal.console import Page, page_of

WIDEST_BAR = 32
ROOM_OF_BAR = 20  # least columns of a bar with its percentage
NARROWEST = 40  # columns to which a window may shrink during a live display without leaving lines behind

State = TypeVar("State")


class LiveDisplay(abc.ABC, Generic[State]):
    """A live display of progress; subclasses define its content.

    Attributes:
        notice: A line below the bar. Signal handlers may set it, but must not print.
    """

    seconds_between_lines = 5.0

    def __init__(self, console: Console, quiet: bool = False, clock: Callable[[], float] = time.monotonic):
        self.console, self.quiet, self.clock = console, quiet, clock
        self.notice = ""
        bar = BarColumn(None, "bar.left", "bar.done", "bar.done", table_column=Column(max_width=WIDEST_BAR))
        words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
        # the rate of the whole work: its steps may be further apart than the 30 s that rich averages over
        self._bar = Progress(bar, TaskProgressColumn(), words, get_time=clock, speed_estimate_period=math.inf)
        self._live: Live | None = None
        # rich measures the speed from the first step, so that compiling is not included
        self._bar.add_task("", total=None)
        self.task = self._bar.tasks[0]
        self.started = self._printed = clock()
        self._unprinted: Text | None = None

    @abc.abstractmethod
    def show(self, state: State) -> None:
        """Updates the display to a state, by `advance` and `print_line`."""

    @abc.abstractmethod
    def words(self, short: bool = False) -> list[str]:
        """Returns the words after the bar, or instead of it before the first step; `short`: the most important."""

    def above(self, page: Page) -> Sequence[RenderableType]:
        """Returns the drawings above the bar."""
        return ()

    def below(self, page: Page) -> Sequence[RenderableType]:
        """Returns the drawings below the bar."""
        return ()

    @property
    def moves(self) -> bool:
        """Whether a live display is drawn; if not, lines can be printed."""
        return self._live is not None

    def __enter__(self) -> Self:
        self.started = self._printed = self.clock()
        if not self.quiet and self.console.is_interactive:
            self._live = Live(self, console=self.console, transient=True, redirect_stdout=False)
            self._live._live_render = _Frame(self)
            self._live.start(refresh=True)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
        elif kind is None and self._unprinted is not None:
            self.console.print(self._unprinted, soft_wrap=True)

    def follow(self, steps: Iterable[State]) -> None:
        """Shows each step of the work."""
        for state in steps:
            self.show(state)

    def advance(self, done: float, total: float) -> None:
        """Moves the bar."""
        self._bar.update(self.task.id, completed=done, total=total)

    def print_line(self, line: Text) -> None:
        """Prints a line if there is no live display: now if the last was long ago, else at the end."""
        if self.quiet or self.moves:
            return
        self._unprinted = line
        if self.clock() - self._printed >= self.seconds_between_lines:
            self._printed, self._unprinted = self.clock(), None
            self.console.print(line, soft_wrap=True)

    def take_away(self) -> str:
        """Returns the control codes that clear the display, for a process that ends immediately; stops all drawing."""
        if self._live is None:
            return ""
        self._live._lock.acquire(timeout=1.0)
        return str(self._live._live_render.position_cursor())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_of(console, options.max_width)
        joined = [f" {page.glyphs.dot} ".join(self.words(short)) for short in (False, True)]
        # if the line is too narrow for both, the bar stays and words go
        words = next((words for words in joined if cell_len(words) + ROOM_OF_BAR <= page.width), None)
        self._bar.update(self.task.id, description=words or "")
        parts: list[RenderableType] = [] if self.task.total is None else [self._bar]
        if not parts or words is None:
            below = joined[0] if cell_len(joined[0]) < page.width else joined[1]
            parts.append(Text(below, "" if parts else "muted"))
        parts += [Text(self.notice)] if self.notice else []
        yield from self.above(page)
        yield from (Padding(part, (0, 0, 0, 1), expand=False) for part in parts)
        yield from self.below(page)


def keeps_whole(lines: Iterable[Text], height: int, above: int) -> bool:
    """Tells whether all these lines stay on the screen when the window shrinks to 40 columns.

    A terminal then wraps each line, and moves as many rows from the top of its screen into the scrollback, where they
    cannot be cleared; tmux does so even if the bottom of the screen is empty.

    Args:
        lines: The lines of a live display.
        height: Rows of the screen that they may take.
        above: Rows known to be above them, which are moved first.
    """
    rows = [max(1, math.ceil(line.cell_len / NARROWEST)) for line in lines]
    return sum(rows) <= height and sum(rows) - len(rows) <= above


class _Frame(LiveRender):
    """A frame that is cleared by its present number of rows: a terminal wraps lines again when its width changes."""

    def __init__(self, display: LiveDisplay[Any]):
        super().__init__(display)
        self._console = display.console
        self._widths: list[int] = []

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        segments = [part for part in super().__rich_console__(console, options) if isinstance(part, Segment)]
        self._widths = [Segment.get_line_length(line) for line in Segment.split_lines(segments)]
        return iter(segments)

    def position_cursor(self) -> Control:
        """Returns the codes that clear the frame and go to its beginning."""
        self._measure()
        return super().position_cursor()

    def restore_cursor(self) -> Control:
        """Returns the same codes from the line below the frame."""
        self._measure()
        return super().restore_cursor()

    def _measure(self) -> None:
        width = self._console.width
        if self._shape is not None:
            self._shape = width, sum(max(1, math.ceil(cells / width)) for cells in self._widths)
