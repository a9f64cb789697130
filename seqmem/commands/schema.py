"""`seqmem schema`: the JSON Schema of stored and printed documents."""

from __future__ import annotations

import json

from seqmem.results.schema import SCHEMAS


def schema_text(document: str) -> str:
    """Returns the JSON Schema of a document, one of `SCHEMAS`, as indented text."""
    return json.dumps(SCHEMAS[document](), indent=2) + "\n"
