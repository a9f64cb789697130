"""A drawing as a page that stands by itself."""

from __future__ import annotations

import html

from rich.console import RenderableType

from seqmem.render.svg import COLOURS, FONTS, recorded

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
    safe_title = html.escape(title).replace("{", "&#123;").replace("}", "&#125;")
    page = PAGE.replace("TITLE", safe_title).replace("FONTS", FONTS)
    return recorded(renderable, width).export_html(theme=COLOURS, code_format=page)
