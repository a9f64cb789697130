"""Drawings as SVG pictures and HTML pages, with fonts of the reader."""

from __future__ import annotations

import html

from rich.console import RenderableType
from rich.terminal_theme import TerminalTheme

from seqmem.terminal.console import recorded


def _rgb(codes: str) -> list[tuple[int, int, int]]:
    red, green, blue = (bytes.fromhex(codes)[part::3] for part in range(3))
    return list(zip(red, green, blue, strict=True))


# rich sets lines 24.4 apart. At a font size of 21, box-drawing characters meet; characters of DejaVu Sans Mono, Menlo
# and similar fonts are then 0.602 * 21 wide, which is 0.6321 of the 20 that rich assumes.
FONT_SIZE = 21
LETTER_WIDTH = 0.6321
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, 'Liberation Mono', Consolas, monospace"
# rich's template without fonts from the web; braces of CSS are doubled.
FORMAT = (
    """<svg class="rich-terminal" xml:space="preserve" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: """
    + FONTS
    + f"; font-size: {FONT_SIZE}px;"
    + """ line-height: {line_height}px; font-variant-east-asian: full-width; white-space: pre; }}
.{unique_id}-title {{ font-family: """
    + FONTS
    + """; font-size: 16px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
)
# Background, text, then the eight colours of a terminal and their bright versions.
BACKGROUND, TEXT, *PALETTE = _rgb(
    "16181d cdd2dc 363a44 eb6e76 84c882 e5c06e 5a7daf c68cdc 5cbecd cdd2dc"
    " 767e8e f5828a 98d896 f0ce82 78a5e1 d4a0e8 78d0de f0f2f6"
)
COLOURS = TerminalTheme(BACKGROUND, TEXT, PALETTE[:8], PALETTE[8:])
WIDTH = 100
# rich fills `{code}` and `{stylesheet}`; nothing is loaded from elsewhere.
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


def svg_text(renderable: RenderableType, width: int = 80, title: str = "") -> str:
    """Returns a drawing as a picture of a terminal of `width` columns; the same drawing gives the same bytes."""
    console = recorded(renderable, width)
    return console.export_svg(title=title, theme=COLOURS, code_format=FORMAT, font_aspect_ratio=LETTER_WIDTH)


def html_text(renderable: RenderableType, title: str, width: int = WIDTH) -> str:
    """Returns a drawing as an HTML page without scripts, links or fonts from elsewhere."""
    # rich fills the page with `str.format`, which would read a brace in the title as a field
    safe_title = html.escape(title).replace("{", "&#123;").replace("}", "&#125;")
    page = PAGE.replace("TITLE", safe_title).replace("FONTS", FONTS)
    return recorded(renderable, width).export_html(theme=COLOURS, code_format=page)
