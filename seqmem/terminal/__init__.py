"""The terminal: width, glyphs, colours, tables, one live display."""
