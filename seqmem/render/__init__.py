"""What a person sees: results drawn with rich, from plain values alone."""
