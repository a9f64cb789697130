"""The errors that seqmem means for its users, each one line of text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

# What other programs and papers call settings, commands and values.
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
    """A run failed for a reason that the user can read: exit status 1.

    Attributes:
        setting: The setting to blame, without dashes (``learning_rate``); None where it is none alone.
        value: Its value.
        after_result: Whether the result was printed before, so that it is the one document on standard output.
    """

    exit_status = 1
    setting: str | None = None
    value: object = None
    after_result = False


class UsageError(SeqmemError):
    """What was asked for cannot be done as asked: exit status 2, nothing was written.

    Args:
        line: What is wrong, on one line.
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
        setting: The setting's name as the user writes it, without dashes (``learning_rate``).
        value: The value given.
        allowed: What is allowed, as a clause that follows a colon ("must be at least 1").
    """

    def __init__(self, setting: str, value: object, allowed: str):
        super().__init__(f"{setting} = {one_line(value, 100)}: {allowed}", setting, value)
        self.allowed = allowed


class DamagedFileError(SeqmemError):
    """A file of a run directory is not what seqmem wrote: its name and what is wrong."""

    def __init__(self, path: object, problem: str):
        super().__init__(f"{one_line(path, 4096)}: {one_line(problem, 300)}")
        self.path = path
        self.problem = problem


class DamageWarning(UserWarning):
    """Something stored is damaged and was passed over: its name, what is wrong and what is used in its place."""


def one_line(value: object, longest: int) -> str:
    """Returns a value as one line of at most `longest` characters, none of them a control character."""
    try:
        text = str(value)
    except ValueError:  # Python refuses to write out whole numbers of more than 4300 digits
        text = "a number of thousands of digits"
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """Returns `` (did you mean 'gap'?)``: what others call one of the names, or what is close; else an empty string."""
    plain = {name.lstrip("-").replace("_", "-"): name for name in names}
    word = given.lstrip("-").replace("_", "-").lower()
    meant = [other for other in OTHER_WORDS.get(word, "").split() if other in plain]
    meant = meant or difflib.get_close_matches(word, plain, n=1, cutoff=0.65)
    quoted = " or ".join(f"'{plain[name]}'" for name in meant)
    return f" (did you mean {quoted}?)" if meant else ""
