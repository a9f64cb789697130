"""The plan of a sweep in `plan.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqmem.config.axis import axis_from_json, axis_to_json
from seqmem.config.plan import MAX_PENDING, MOST_TRIALS, SEARCHES, Plan, number_points
from seqmem.errors import UsageError
from seqmem.results.json import from_plain

PLAN = "plan.json"
SCHEMA = 2
# Version 0.1 had no decided settings, and other defaults.
OLD_SCHEMA = 1
MOST_THREADS = 4096
PLAIN = dict[str, Any]
# Keys of the file that are attributes of the plan.
HINTS = {"base": PLAIN, "decided": PLAIN, "search": str, "total": int, "rank": str, "prune": bool, "threads": int}
HINTS |= {"files": dict[str, list[str]]}


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Returns the content of `plan.json`."""
    return {
        "schema": OLD_SCHEMA if plan.old else SCHEMA,
        **{name: getattr(plan, name) for name in HINTS},
        "ahead": plan.max_pending,
        "axes": [axis_to_json(axis) for axis in plan.axes],
        "trials": [list(point.values.values()) for point in plan.points],
    }


def plan_from_json(document: Mapping[str, Any]) -> Plan:
    """Builds a plan from the content of `plan.json`, which may come from a stranger; ValueError if it is none."""
    schema = document.get("schema")
    if schema not in (OLD_SCHEMA, SCHEMA):
        raise ValueError(f"schema {schema!r} is not {OLD_SCHEMA} or {SCHEMA}, the ones this version reads")
    if schema == OLD_SCHEMA:
        document = {**document, "decided": {}}
    # plans made before files could vary have no `files`
    document = {"files": {}, **document}
    settings = {name: from_plain(hint, document.get(name), name) for name, hint in HINTS.items()}
    settings["max_pending"] = max(1, from_plain(int, document.get("ahead", MAX_PENDING), "ahead"))
    rows = from_plain(tuple[tuple[Any, ...], ...], document.get("trials"), "trials")
    try:
        axes = tuple(axis_from_json(axis) for axis in document.get("axes") or ())
    except UsageError as error:
        raise ValueError(str(error)) from None
    # only tpe proposes its trials during the sweep
    complete = settings["search"] == "tpe" or len(rows) == settings["total"]
    if not 0 < settings["total"] <= MOST_TRIALS or not 0 < settings["threads"] <= MOST_THREADS:
        raise ValueError(f"must have 1 to {MOST_TRIALS} trials, and 1 to {MOST_THREADS} threads")
    if settings["search"] not in SEARCHES or not axes or not complete or any(len(row) != len(axes) for row in rows):
        raise ValueError("axes, trials and total do not fit together")
    points = number_points(axes, rows, settings["total"])
    return Plan(**settings, axes=axes, points=points, old=schema == OLD_SCHEMA)
