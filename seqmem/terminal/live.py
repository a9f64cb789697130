"""One live display for work that goes on: a bar on a terminal, which leaves no trace; lines now and then elsewhere."""

from __future__ import annotations

import abc
import math
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column
from rich.text import Text

from seqmem.terminal.console import Page, page_of

WIDEST_BAR = 32
ROOM_OF_BAR = 20  # columns that a bar and its percentage take at least


class LiveDisplay(abc.ABC):
    """Shows where work stands; its subclasses say what is shown.

    Args:
        console: Where to draw: the console of standard error.
        quiet: Draw nothing at all.
        clock: Tells the seconds.

    Attributes:
        notice: A line below the bar. Setting it is all that a handler of signals may do: printing is not safe there.
    """

    seconds_between_lines = 5.0

    def __init__(self, console: Console, quiet: bool = False, clock: Callable[[], float] = time.monotonic):
        self.console, self.quiet, self.clock = console, quiet, clock
        self.notice = ""
        bar = BarColumn(None, "bar.left", "bar.done", "bar.done", table_column=Column(max_width=WIDEST_BAR))
        words = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
        # the rate is that of the whole work: its steps may be further apart than the 30 s that rich looks back
        self._bar = Progress(bar, TaskProgressColumn(), words, get_time=clock, speed_estimate_period=math.inf)
        self._live: Live | None = None
        # rich measures its speed from the first step on, which holds the time to compile
        self._bar.add_task("", total=None)
        self.task = self._bar.tasks[0]
        self.started = self._said = clock()
        self._unsaid: Text | None = None

    @abc.abstractmethod
    def show(self, state: Any) -> None:
        """Takes note of where the work stands now, by `advance` and `say`."""

    @abc.abstractmethod
    def words(self) -> list[str]:
        """Returns what stands behind the bar, or in its place before the first step."""

    def above(self, page: Page) -> Sequence[RenderableType]:
        """Returns what stands above the bar."""
        return ()

    def below(self, page: Page) -> Sequence[RenderableType]:
        """Returns what stands below the bar."""
        return ()

    @property
    def moves(self) -> bool:
        """Whether something is drawn in place; where not, lines can be printed."""
        return self._live is not None

    def __enter__(self) -> Self:
        self.started = self._said = self.clock()
        if not self.quiet and self.console.is_interactive:
            self._live = Live(self, console=self.console, transient=True, redirect_stdout=False)
            self._live.start(refresh=True)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
        elif kind is None and self._unsaid is not None:
            self.console.print(self._unsaid, soft_wrap=True)

    def follow(self, steps: Iterable[Any]) -> None:
        """Shows each step of the work."""
        for state in steps:
            self.show(state)

    def advance(self, done: float, total: float) -> None:
        """Moves the bar."""
        self._bar.update(self.task.id, completed=done, total=total)

    def say(self, line: Text) -> None:
        """Prints a line where nothing moves: now if the last was long ago, else at the end if no other comes."""
        if self.quiet or self.moves:
            return
        self._unsaid = line
        if self.clock() - self._said >= self.seconds_between_lines:
            self._said, self._unsaid = self.clock(), None
            self.console.print(line, soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What stands on the terminal now."""
        page = page_of(console, options.max_width)
        words = f" {page.glyphs.dot} ".join(self.words())
        beside = cell_len(words) + ROOM_OF_BAR <= page.width
        self._bar.update(self.task.id, description=words if beside else "")
        parts: list[RenderableType] = [] if self.task.total is None else [self._bar]
        parts += [Text(words, "" if parts else "muted")] if not parts or not beside else []
        parts += [Text(self.notice)] if self.notice else []
        yield from self.above(page)
        yield from (Padding(part, (0, 0, 0, 1), expand=False) for part in parts)
        yield from self.below(page)
