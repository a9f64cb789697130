"""The schemas of documents, made strict: no property is allowed that they do not name."""

import jsonschema

from seqmem.results.schema import SCHEMAS


def closed(schema):
    """A schema that allows no property which it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    named = schema.get("type") == "object" and "properties" in schema
    return ({"additionalProperties": False} if named else {}) | {name: closed(part) for name, part in schema.items()}


VALIDATORS = {name: jsonschema.Draft202012Validator(closed(make())) for name, make in SCHEMAS.items()}
