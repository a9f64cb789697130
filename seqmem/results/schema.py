"""The JSON Schema of every document that holds a result."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from seqmem.config.run_config import setting_fields
from seqmem.judge.metrics import Metrics
from seqmem.judge.verdict import VERDICTS
from seqmem.results.evaluation import FreeRun, GapResult
from seqmem.results.run import SCHEMA, Baseline, JudgedOn, Prediction, Record
from seqmem.results.states import StatesResult
from seqmem.results.summary import SPREADS, ReplicateResult, RunSummary, Spread
from seqmem.results.sweep import SCHEMA as SWEEP_SCHEMA
from seqmem.results.sweep import STATUSES
from seqmem.settings import Choice, Flag, Integer, Kind, Number, Span, Window, Words

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PARTS = (
    *(Baseline, JudgedOn, Prediction, Record, ReplicateResult, RunSummary, Spread, Metrics),
    *(GapResult, FreeRun, StatesResult),
)
SUMMARY_ALONE = ("baseline", "spreads", "median_presentations")  # stand elsewhere in a document
NULL = {"type": "null"}
REFERENCE = re.compile(r"#/\$defs/(\w+)")
# `inputs, expected: The symbols ...`, with lines that are further in.
ATTRIBUTE = re.compile(r"^ {4}(\w+(?:, \w+)*): (.*(?:\n {5,}.*)*)", re.MULTILINE)


def result_schema() -> Schema:
    """Returns the schema of `result.json`."""
    return _document("seqmem result.json", _result_properties())


def evaluation_schema() -> Schema:
    """Returns the schema of what `seqmem eval --json` prints."""
    properties = _result_properties() | {
        "gaps": _list(_part("GapResult")),
        "free_runs": _list(_part("FreeRun")),
        "states": _or_null(_part("StatesResult")),
        "own_task": {"type": "boolean"},
        "model": {"type": "string"},
    }
    return _document("seqmem eval --json", properties, optional=("model", "states"))


def history_schema() -> Schema:
    """Returns the schema of a line of `history.jsonl`."""
    record = _parts()["Record"]
    return {"$schema": DIALECT, **record, "title": "line of history.jsonl"}


def sweep_schema() -> Schema:
    """Returns the schema of what `seqmem show SWEEP --json` prints."""
    between = {"low": {"type": "number"}, "high": {"type": "number"}, "log": {"type": "boolean"}}
    spreads = {name: _or_null(_part("Spread")) for name in SPREADS}
    row: dict[str, Schema] = {"summary": _summary(), "baseline": _part("Baseline"), "spreads": _object(spreads)}
    row["presentations_to_success"] = {"type": ["number", "null"]}
    trial: dict[str, Schema] = {
        "number": {"type": "integer", "minimum": 1},
        "name": {"type": "string"},
        "values": {"type": "object"},
        "status": {"enum": list(STATUSES)},
        "reason": {"type": "string"},
        "result": _or_null(_object(row)),
    }
    properties: dict[str, Schema] = {
        "schema": {"const": SWEEP_SCHEMA},
        "axes": {"type": "object", "additionalProperties": {"anyOf": [_list({}), _object(between)]}},
        "search": {"enum": ["grid", "random", "tpe"]},
        "rank": {"type": "string"},
        "counts": _object({name: {"type": "integer", "minimum": 0} for name in STATUSES}),
        "trials": _list(_object(trial)),
        "importances": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
    }
    return _document("seqmem show SWEEP --json", properties)


SCHEMAS = {
    "result": result_schema,
    "history": history_schema,
    "evaluation": evaluation_schema,
    "sweep": sweep_schema,
}


def _result_properties() -> dict[str, Schema]:
    replicate = _parts()["ReplicateResult"]["properties"] | _parts()["Metrics"]["properties"]
    # `result.json` holds them beside the rest, see `with_metrics`
    del replicate["metrics"]
    return {
        "schema": {"const": SCHEMA},
        "config": settings_schema(),
        "baseline": _part("Baseline"),
        "summary": _summary(),
        "recipe_limit": _or_null(_part("Baseline")),
        "judged": {"enum": [*VERDICTS, None]},
        "replicates": _list(_object(replicate)),
        "evaluation": _part("JudgedOn"),
        "predictions": _list(_part("Prediction")),
        "cost": {"type": "object", "additionalProperties": {"type": "integer"}},
    }


def settings_schema() -> Schema:
    """Returns the schema of the settings of a run, none of which is required."""
    properties = {name: _setting(field) for name, field in setting_fields().items()}
    settings = _object({"task": {"type": "string"}, **properties}, optional=tuple(properties))
    # a user cell may have others
    return settings | {"additionalProperties": True}


def _setting(field: dataclasses.Field[Any]) -> Schema:
    kind: Kind = field.metadata["kind"]
    written = _written(kind)
    return {"description": field.metadata["help"], **(_or_null(written) if kind.optional else written)}


def _written(kind: Kind) -> Schema:
    """The schema of the values that a kind of setting writes."""
    whole: Schema = {"type": "integer"}
    match kind:
        case Integer():
            return whole | {"minimum": kind.low, "maximum": kind.high}
        case Number():
            return {"type": "number"}
        case Choice():
            return {"enum": list(kind.words)}
        case Flag():
            return {"type": "boolean"}
        case Span():
            ends = whole | {"minimum": kind.low, "maximum": kind.high}
            return {"anyOf": [ends, {"type": "string", "pattern": r"^\d+:\d+$"}]}
        case Window():
            return {"anyOf": [whole | {"minimum": 1}, {"const": "sequence"}]}
        case Words():
            return _list({"type": "string"})
    # a list of sequences, or the text of a cell, an init or a criterion
    return {"anyOf": [{"type": "string"}, _list({"type": "string"})]}


def _summary() -> Schema:
    properties = dict(_parts()["RunSummary"]["properties"])
    for name in SUMMARY_ALONE:
        del properties[name]
    properties["verdict"] = {"enum": [*VERDICTS, None], "description": "None on sequences of another task."}
    return _object(properties)


def _parts() -> dict[str, Schema]:
    """The dataclasses of a result, with a description of each field, and null for non-finite numbers."""
    _, parts = msgspec.json.schema_components(PARTS, ref_template="#/$defs/{name}")
    for part in parts.values():
        # from Python 3.13 on docstrings are stored without indentation
        head, _, attributes = inspect.cleandoc(part.get("description", "")).partition("Attributes:\n")
        part["description"] = " ".join(head.split())
        for names, words in ATTRIBUTE.findall(attributes):
            for name in names.split(", "):
                if name in part["properties"]:
                    part["properties"][name]["description"] = " ".join(words.split())
        # msgspec requires fields without a default only; seqmem writes all of them
        part["required"] = list(part["properties"])
    return {name: _with_null(part) for name, part in parts.items()}


def _with_null(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        parts = {name: _with_null(value) for name, value in schema.items() if name != "default"}
        # JSON has no NaN: a number that is not finite is written as null
        return parts | {"type": ["number", "null"]} if schema.get("type") == "number" else parts
    return [_with_null(value) for value in schema] if isinstance(schema, list) else schema


def _part(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, NULL]}


def _object(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def _document(title: str, properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    document, parts = _object(properties, optional), _parts()
    used: dict[str, Schema] = {}
    # parts may refer to further parts
    while missing := {name for name in REFERENCE.findall(str([document, used])) if name not in used}:
        used |= {name: parts[name] for name in sorted(missing)}
    return {"$schema": DIALECT, "title": title, **document, "$defs": used}
