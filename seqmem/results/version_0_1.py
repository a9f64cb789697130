"""Results of version 0.1, brought to the schema of this version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqmem.judge.evidence import weigh
from seqmem.results.json import from_plain, to_plain


def of_this_schema(document: Mapping[str, Any], schema: int) -> Mapping[str, Any]:
    """Returns a document in the schema of this version; one of version 0.1 (schema 1) keeps its verdict.

    Raises:
        ValueError: If it is of neither schema, or a key of schema 1 is missing.
    """
    if document.get("schema") == schema:
        return document
    if document.get("schema") != 1:  # version 0.1
        raise ValueError(f"schema {document.get('schema')!r} is not 1 or {schema}, the ones this version reads")
    for key, kind in {"ceiling": dict, "summary": dict, "evaluation": dict, "replicates": list}.items():
        if not isinstance(document.get(key), kind):
            raise ValueError(f"has no {key}")
    # other keys then: of the baseline, `control_ceiling` of the recipe limit, and `held_out` for not `exhaustive`
    least = document["ceiling"].get("recall_loss")
    unknown = {"trained_recall_accuracy": None, "trained_recall_loss": None}  # not computed then
    limit, evaluation = document.get("control_ceiling"), document["evaluation"]
    return {
        **document,
        "baseline": document["ceiling"] | unknown,
        "recipe_limit": limit | unknown if isinstance(limit, dict) else limit,
        "replicates": [_with_evidence(replicate, least) for replicate in document["replicates"]],
        "evaluation": {
            "sequences": evaluation.get("sequences"),
            "different": None,
            "trained_on": None,
            "exhaustive": not from_plain(bool, evaluation.get("held_out"), "evaluation.held_out"),
        },
        "judged": from_plain(str, document["summary"].get("verdict"), "summary.verdict"),
    }


def _with_evidence(replicate: object, baseline_loss: Any) -> object:
    """A replicate of schema 1 with what can be known of its memory: how its recall loss compares."""
    if not isinstance(replicate, dict):
        return replicate
    loss = replicate.get("recall_loss")
    comparable = isinstance(loss, (int, float)) and isinstance(baseline_loss, (int, float)) and baseline_loss
    evidence = weigh(0, 0, 2, loss, baseline_loss) if comparable else weigh(0, 0, 2, None, None)
    return replicate | {
        "met_at": replicate.get("presentations_to_success"),
        "missed": None,
        "recall_right": 0,
        "recall_steps": 0,
        "evidence": to_plain(evidence),
    }
