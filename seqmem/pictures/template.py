"""Pages from templates, with every value escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seqmem.backend.extras import jinja2


def filled(name: str, **values: Any) -> str:
    """Returns a template of this folder with its values, escaped unless the template marks them as safe."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    # strict: a misspelt value is an error
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text: str = environment.get_template(name).render(values)
    return text
