"""Tests import Keras themselves: what TensorFlow reads while it loads must stand before."""

from seqmem.backend import process

process.prepare()
