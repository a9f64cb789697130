"""Charts of text: scales, curves, heat maps."""
