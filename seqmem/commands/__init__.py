"""The commands, one body each, with typed arguments."""
