"""A real terminal to look at: tmux, which breaks its lines again when it is resized."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Terminal:
    """A window of tmux that runs a shell command, and is closed at the end."""

    def __init__(self, folder: Path, command: str, width: int, rows: int):
        self.folder, self.rows = folder, rows
        words = f"unset COLUMNS LINES; PYTHONPATH={Path.cwd()}; export PYTHONPATH; clear; cd {folder}; {command}; cat"
        self("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", rows, words)
        self("set", "-g", "window-size", "manual")

    def __call__(self, *words: object) -> str:
        command = ["tmux", "-S", str(self.folder / "socket"), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self("kill-server")

    def resize(self, width: int) -> None:
        self("resize-window", "-x", width, "-y", self.rows)

    def lines(self) -> list[str]:
        """What stands on the screen and in the scrollback, without empty lines."""
        return [line.rstrip() for line in self("capture-pane", "-p", "-S", "-100").splitlines() if line.strip()]

    def wait(self, reached) -> None:
        for _ in range(900):
            if reached(self.lines()):
                return
            time.sleep(0.1)
        raise AssertionError(self.lines())
