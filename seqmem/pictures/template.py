"""Pages from templates, with every value escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqmem.backend.extras import jinja2


def filled(name: str, **values: Any) -> str:
    """Returns a template of this folder with its values; only what a template itself calls safe is left as it is."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    # strict: a value that a template misspells is an error and no empty place
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text: str = environment.get_template(name).render(values)
    return text
