"""What a stored result must hold beyond the types of its values."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from seqmem.plain_values import from_plain


def with_metrics(document: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Puts the metrics of a replicate, which `result.json` holds beside the rest, under a key of their own."""
    rest, metrics = ({key: document[key] for key in document if (key in names) is wanted} for wanted in (False, True))
    return rest | {"metrics": metrics}


def check_parts(result: Any) -> None:
    """Checks that the parts of a `RunResult` fit its settings and each other.

    Raises:
        ValueError: If they do not.
    """
    if [one.seed for one in result.replicates] != list(result.config.seeds):
        raise ValueError("replicates do not have the seeds of the settings")
    for key in ("sequences", "held_out"):
        from_plain({"sequences": int, "held_out": bool}[key], result.evaluation.get(key), f"evaluation.{key}")
    if not {"updates", "time_steps"} <= result.cost.keys():
        raise ValueError("cost has no updates or no time_steps")
    alphabet = set(result.config.task.alphabet)
    for one in result.predictions:
        steps = [getattr(one, field.name) for field in dataclasses.fields(one) if field.name != "replicate"]
        if not one.inputs or len({len(values) for values in steps}) > 1:
            raise ValueError("predictions must have a value of each kind for every step")
        if one.replicate >= len(result.replicates):
            raise ValueError(f"predictions are of replicate {one.replicate}, which there is not")
        if stray := {str(symbol) for symbol in one.inputs + one.expected + one.predicted} - alphabet:
            raise ValueError(f"predictions hold {min(stray)!r}, which is not in the alphabet")
