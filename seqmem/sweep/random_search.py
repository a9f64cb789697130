"""Trials drawn at random from the axes of a sweep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.config.axis import Axis

# A stream of its own: nothing that a run draws from its seed comes from it.
STREAM = 0x5EED


def draw_points(axes: Sequence[Axis], count: int, seed: int) -> list[tuple[Any, ...]]:
    """Draws the values of trials.

    Args:
        axes: What varies. Where all of them are lists, no combination is drawn twice.
        count: How many; fewer are drawn where lists have fewer combinations.
        seed: Of the draw.

    Returns:
        The values of each trial in the order of the axes.
    """
    rng = np.random.default_rng(np.random.SeedSequence([STREAM, seed]))
    if any(axis.continuous for axis in axes):
        return [tuple(_draw(axis, rng) for axis in axes) for _ in range(count)]
    sizes = [len(axis.values) for axis in axes]
    chosen = rng.choice(math.prod(sizes), size=min(count, math.prod(sizes)), replace=False)
    return [
        tuple(axis.values[index] for axis, index in zip(axes, np.unravel_index(int(one), sizes), strict=True))
        for one in chosen
    ]


def _draw(axis: Axis, rng: np.random.Generator) -> Any:
    """One value of an axis, as Python's own int or float."""
    if not axis.continuous:
        return axis.values[int(rng.integers(len(axis.values)))]
    # half a step more at both ends gives the outer whole numbers the share of the others
    edge = 0.5 if axis.whole else 0.0
    low, high = axis.low - edge, axis.high + edge
    value = math.exp(rng.uniform(math.log(low), math.log(high))) if axis.log else rng.uniform(low, high)
    value = round(value) if axis.whole else float(f"{value:.6g}")
    return min(max(value, axis.low), axis.high)
