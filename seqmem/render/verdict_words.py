"""Each verdict as a word and a sign, the same wherever it stands."""

from __future__ import annotations

from seqmem.results.findings import P_VALUE
from seqmem.results.summary import VERDICTS, ReplicateResult
from seqmem.terminal.style import Glyphs
from seqmem.terminal.wording import shown_score

# Tables have no room for who judged; a line below them says it.
SHORT = {"nothing_to_remember": "nothing to remember", "unsolved": "unsolved (0.1)"}


def verdict_word(verdict: str, glyphs: Glyphs) -> str:
    """Returns a verdict as a cell of a table: its sign and its word; any other text as it is."""
    return f"{getattr(glyphs, verdict)} {SHORT.get(verdict, verdict)}" if verdict in VERDICTS else verdict


def verdict_style(verdict: str) -> str:
    """Returns the style of a verdict; none for any other text."""
    return verdict if verdict in VERDICTS else ""


def replicate_verdict(replicate: ReplicateResult, recall: bool) -> str:
    """Returns what became of one replicate, as the name of a verdict; `recall` where the task has a recall step."""
    if replicate.diverged:
        return "diverged"
    if not recall:
        return "nothing_to_remember"
    if replicate.solved:
        return "solved"
    return "remembers" if replicate.remembers else "memoryless"


def recall_cell(value: float | None, baseline: float | None, verdict: str | None, glyphs: Glyphs) -> str:
    """Returns a recall accuracy; without memory, one far above the baseline is marked: it is no evidence.

    So few different strings of fillers were judged that being right by a hair on each is luck.
    """
    return (f"{glyphs.near} " if is_luck(value, baseline, verdict) else "") + shown_score(value)


def is_luck(value: float | None, baseline: float | None, verdict: str | None) -> bool:
    """Tells whether a recall accuracy is nearer to 1 than to the baseline although there is no memory."""
    return verdict == "memoryless" and value is not None and baseline is not None and value > (1 + baseline) / 2


def false_claims(trials: int) -> str:
    """Returns how many of these trials are called `remembers` by chance, in words."""
    return f"at most {P_VALUE * trials:.2g} of {'this trial' if trials == 1 else f'these {trials:,} trials'}"
