"""Judging a population: its predictions on sequences it may never have seen."""
