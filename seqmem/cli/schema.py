"""`seqmem schema`."""

from __future__ import annotations

import json

import click

from seqmem.cli.options import HeadedCommand, KindType
from seqmem.settings import Choice

DOCUMENTS = ("result", "history", "evaluation", "sweep")


@click.command(
    "schema",
    cls=HeadedCommand,
    examples={
        "seqmem schema > result.schema.json": "What result.json holds, field by field.",
        "seqmem schema history": "A line of history.jsonl.",
        "seqmem schema evaluation": "What seqmem eval --json prints.",
    },
)
@click.argument("document", type=KindType("document", Choice(DOCUMENTS)), default="result", metavar="|".join(DOCUMENTS))
def command(document: str) -> None:
    """Print the JSON Schema of what seqmem stores or prints.

    It is made from the code that writes these documents, so it is that of this version.
    """
    from seqmem.results.schema import SCHEMAS

    click.echo(json.dumps(SCHEMAS[document](), indent=2))
