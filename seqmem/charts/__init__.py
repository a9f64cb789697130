"""Charts of text: scales, curves, heat maps. They know nothing of seqmem."""
