"""One run from end to end, and a stored run judged again."""
