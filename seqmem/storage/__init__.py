"""What is kept on disk: whole or absent when written, bounded when read, locked while somebody works."""
