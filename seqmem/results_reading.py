"""What a stored result must hold beyond the types of its values."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from seqmem.judge.evidence import weigh
from seqmem.judge.verdict import VERDICTS
from seqmem.plain_values import from_plain, to_plain


def with_metrics(document: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Puts the metrics of a replicate, which `result.json` holds beside the rest, under a key of their own."""
    rest, metrics = ({key: document[key] for key in document if (key in names) is wanted} for wanted in (False, True))
    return rest | {"metrics": metrics}


def of_this_schema(document: Mapping[str, Any], schema: int) -> Mapping[str, Any]:
    """Returns a document as this version writes it; one of schema 1, of version 0.1, keeps its verdict.

    Raises:
        ValueError: If it is of neither schema, or not what a document of schema 1 holds.
    """
    if document.get("schema") == schema:
        return document
    if document.get("schema") != 1:
        raise ValueError(f"schema {document.get('schema')!r} is not 1 or {schema}, the ones this version reads")
    for key, kind in {"ceiling": dict, "summary": dict, "evaluation": dict, "replicates": list}.items():
        if not isinstance(document.get(key), kind):
            raise ValueError(f"has no {key}")
    least = document["ceiling"].get("recall_loss")
    unknown = {"trained_recall_accuracy": None, "trained_recall_loss": None}
    limit, evaluation = document.get("control_ceiling"), document["evaluation"]
    return {
        **document,
        "baseline": document["ceiling"] | unknown,
        "recipe_limit": limit | unknown if isinstance(limit, dict) else limit,
        "replicates": [_with_evidence(one, least) for one in document["replicates"]],
        "evaluation": {
            "sequences": evaluation.get("sequences"),
            "different": None,
            "trained_on": None,
            "exhaustive": not from_plain(bool, evaluation.get("held_out"), "evaluation.held_out"),
        },
        "judged": from_plain(str, document["summary"].get("verdict"), "summary.verdict"),
    }


def _with_evidence(replicate: Any, baseline_loss: Any) -> Any:
    """A replicate of schema 1 with what can be known of its memory: how its recall loss compares."""
    if not isinstance(replicate, dict):
        return replicate
    loss = replicate.get("recall_loss")
    numbers = [value for value in (loss, baseline_loss) if isinstance(value, (int, float))]
    known = len(numbers) == 2 and baseline_loss
    evidence = weigh(0, 0, 2, loss if known else None, baseline_loss if known else None)
    return replicate | {
        "met_at": replicate.get("presentations_to_success"),
        "missed": None,
        "recall_right": 0,
        "recall_steps": 0,
        "evidence": to_plain(evidence),
    }


def check_parts(result: Any) -> None:
    """Checks that the parts of a `RunResult` fit its settings and each other.

    Raises:
        ValueError: If they do not.
    """
    if [one.seed for one in result.replicates] != list(result.config.seeds):
        raise ValueError("replicates do not have the seeds of the settings")
    if result.judged is not None and result.judged not in VERDICTS:
        raise ValueError("judged must be the name of a verdict")
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
