"""What moves on a terminal while work goes on, and leaves no trace; nothing where the output is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

REFRESHES_PER_SECOND = 4


class Screen:
    """A drawing that is refreshed in place.

    Args:
        console: Where to draw.
        view: Drawn anew at each refresh.
        wanted: Whether to draw at all.
    """

    def __init__(self, console: Console, view: RenderableType, wanted: bool):
        self._console, self._view = console, view
        self._wanted = wanted and console.is_interactive
        self._live: Any = None

    @property
    def moves(self) -> bool:
        """Whether something is drawn in place now; where not, lines can be printed."""
        return self._live is not None

    def start(self) -> None:
        """Begins to draw."""
        if self._wanted:
            # rich's Live costs 60 ms to import: not where nothing moves
            from rich.live import Live

            self._live = Live(
                self._view,
                console=self._console,
                transient=True,
                redirect_stdout=False,
                refresh_per_second=REFRESHES_PER_SECOND,
            )
            self._live.start(refresh=True)

    def stop(self) -> None:
        """Removes the drawing; a second time does nothing."""
        if self._live is not None:
            self._live.stop()
            self._live = None
