"""Many trials over axes of settings."""
