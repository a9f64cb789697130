"""Compiled training: truncated backpropagation through time."""
