"""The command line: one file per command, options made from settings."""
