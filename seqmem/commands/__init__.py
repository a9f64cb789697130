"""What each command does, once what was typed is understood."""
