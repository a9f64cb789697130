"""Measuring a population on sequences that it may never have seen."""
