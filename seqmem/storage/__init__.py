"""What is kept on disk: written atomically, read within bounds, locked while a process works on it."""
