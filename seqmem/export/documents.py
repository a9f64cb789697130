"""A drawing as a page that stands by itself."""

from __future__ import annotations

import html
import io

from rich.console import Console, RenderableType

from seqmem.render.svg import COLOURS, FONTS
from seqmem.render.theme import build_theme

WIDTH = 100
# rich fills `{code}` and `{stylesheet}`; nothing is fetched from anywhere.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>TITLE</title>
<style>
{stylesheet}
body {{ color: {foreground}; background-color: {background}; margin: 2em; }}
pre {{ font-family: FONTS; line-height: 1.2; }}
</style>
</head>
<body>
<pre><code>{code}</code></pre>
</body>
</html>
"""


def html_text(renderable: RenderableType, title: str, width: int = WIDTH) -> str:
    """Returns a drawing as an HTML page of its own, with no script, link or font from elsewhere."""
    console = Console(
        file=io.StringIO(),
        record=True,
        width=width,
        color_system="truecolor",
        no_color=False,
        force_terminal=True,
        force_jupyter=False,
        theme=build_theme(),
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    console.print(renderable)
    safe_title = html.escape(title).replace("{", "&#123;").replace("}", "&#125;")
    page = PAGE.replace("TITLE", safe_title).replace("FONTS", FONTS)
    return console.export_html(theme=COLOURS, code_format=page)
