"""Everything on disk: written atomically, read within bounds, locked."""
