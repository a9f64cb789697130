"""Compiled training: truncated backpropagation through time over a population."""
