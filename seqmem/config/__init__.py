"""What was asked of a run or a sweep: settings, their sources, axes, plans."""
