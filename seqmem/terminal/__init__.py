"""The terminal: width, signs, colours, words, one live display. It knows nothing of seqmem."""
