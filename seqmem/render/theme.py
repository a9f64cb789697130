"""The colours, each under the name of what it says. Meaning never hangs on them alone."""

from rich.theme import Theme

# The sixteen colours of the terminal's own palette, so that light and dark backgrounds both stay readable.
STYLES = {
    "title": "bold",
    "label": "bright_black",
    "muted": "bright_black",
    "cue": "bold cyan",
    "filler": "bright_black",
    "trigger": "magenta",
    "recall": "bold magenta",
    "right": "green",
    "wrong": "bold red",
    "near": "yellow",
    "open": "bright_black",
    "untrained": "bright_black",
    "baseline": "red",
    "axis": "bright_black",
    "band": "blue",
    "command": "bold cyan",
    "solved": "bold green",
    "partly": "bold yellow",
    "remembers": "bold cyan",
    "memoryless": "bold red",
    "diverged": "bold magenta",
    "nothing_to_remember": "bold blue",
    "unsolved": "bold bright_black",
    "series1": "cyan",
    "series2": "yellow",
    "series3": "magenta",
    "series4": "green",
    "series5": "blue",
    "series6": "white",
    "bar.done": "cyan",
    "bar.left": "bright_black",
}
SERIES = tuple(name for name in STYLES if name.startswith("series"))


def build_theme() -> Theme:
    """Returns the theme for a console; rich's own styles stay what they are."""
    return Theme(STYLES)
