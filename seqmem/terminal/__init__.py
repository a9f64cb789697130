"""The terminal: width, glyphs, colours, words, tables, one live display. It knows nothing of seqmem."""
