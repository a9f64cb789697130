"""Counts as words, without any import."""

from __future__ import annotations


def shown_count(count: float) -> str:
    """Returns a count with commas: `12,000`; a half stays (`412.5`)."""
    return f"{count:,.0f}" if count == int(count) else f"{count:,.1f}"


def plural(count: int, noun: str) -> str:
    """Returns `1 cue`, `2 cues`."""
    return f"{shown_count(count)} {noun}" + ("" if count == 1 else "s")
