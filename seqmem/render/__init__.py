"""What a person sees: tables, curves and words, drawn from results alone."""
