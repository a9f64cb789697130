"""The command line: one file a command, options generated from the settings."""
