"""The judge: what can be had without memory, what a replicate's answers prove, and the verdict that follows."""
