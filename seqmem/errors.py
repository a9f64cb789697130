"""The errors shown to users, each one line of text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

# Names that other programs and papers use for settings, commands and values.
OTHER_WORDS = {
    **{"lr": "learning-rate", "rate": "learning-rate", "eta": "learning-rate", "batch": "batch-size"},
    **dict.fromkeys(("neurons", "hidden", "hidden-size", "hidden-units", "nodes"), "units"),
    **{"alphabet": "alphabet-size", "vocabulary": "alphabet-size", "vocab": "alphabet-size"},
    **{"distance": "gap", "delay": "gap", "lag": "gap", "distractors": "fillers", "noise": "fillers"},
    **{"truncate": "window", "bptt": "window", "tbptt": "window", "timesteps": "lags", "time-steps": "lags"},
    **{"runs": "replicates list", "repeats": "replicates", "seeds": "replicates", "iterations": "epochs"},
    **{"model": "cell", "loss": "loss-at", "clip": "clip-norm", "file": "sequences", "output": "out", "dir": "out"},
    **dict.fromkeys(("predict", "evaluate", "test", "judge"), "eval"),
    **dict.fromkeys(("fit", "run", "learn"), "train"),
    **dict.fromkeys(("plot", "view", "draw", "print"), "show"),
    **dict.fromkeys(("grid", "search", "tune", "optimize", "vary"), "sweep"),
    **{"ls": "list", "save": "export", "convert": "export", "generate": "task", "describe": "task"},
    **{"acc": "recall-accuracy accuracy", "random": "fixed fresh"},
}


class SeqmemError(Exception):
    """A run failed for a reason that the user can understand: exit status 1.

    Attributes:
        setting: The wrong setting, without dashes (``learning_rate``); None if it is not a single one.
        value: Its value.
        after_result: Whether the result has been printed, so that no document of the error may follow on stdout.
    """

    exit_status = 1
    setting: str | None = None
    value: object = None
    after_result = False


class UsageError(SeqmemError):
    """A request that cannot be carried out: exit status 2, nothing was written.

    Args:
        line: The problem, on one line.
        setting, value: As in `SeqmemError`.
    """

    exit_status = 2

    def __init__(self, line: str, setting: str | None = None, value: object = None):
        super().__init__(line)
        self.setting = setting
        self.value = value


class SettingError(UsageError):
    """A setting has a value that is not allowed.

    Args:
        setting: Its name without dashes (``learning_rate``).
        value: The value given.
        allowed: The allowed values, as a clause after a colon ("must be at least 1").
    """

    def __init__(self, setting: str, value: object, allowed: str):
        super().__init__(f"{setting} = {one_line(value, 100)}: {allowed}", setting, value)
        self.allowed = allowed


class DamagedFileError(SeqmemError):
    """A file of a run directory is not as seqmem wrote it: its name and the problem."""

    def __init__(self, path: object, problem: str):
        super().__init__(f"{one_line(path, 4096)}: {one_line(problem, 300)}")
        self.path = path
        self.problem = problem


class DamageWarning(UserWarning):
    """A damaged file was skipped: its name, the problem and what is used instead."""


def one_line(value: object, longest: int) -> str:
    """Returns a value as one line of at most `longest` characters, without control characters."""
    try:
        text = str(value)
    except ValueError:  # Python refuses to convert integers of more than 4300 digits
        text = "a number of thousands of digits"
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """Returns `` (did you mean 'gap'?)`` for another common name, or a similar one; else an empty string."""
    plain = {name.lstrip("-").replace("_", "-"): name for name in names}
    word = given.lstrip("-").replace("_", "-").lower()
    meant = [other for other in OTHER_WORDS.get(word, "").split() if other in plain]
    meant = meant or difflib.get_close_matches(word, plain, n=1, cutoff=0.65)
    quoted = " or ".join(f"'{plain[name]}'" for name in meant)
    return f" (did you mean {quoted}?)" if meant else ""
