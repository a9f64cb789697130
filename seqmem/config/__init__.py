"""The request for a run or a sweep: settings, sources, axes, plans."""
