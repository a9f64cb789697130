"""The cells: what a network remembers with. One file a cell."""
