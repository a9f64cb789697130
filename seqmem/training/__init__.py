"""Compiled training: backpropagation through time, or traces."""
