"""Results drawn for a person, from plain values alone."""
