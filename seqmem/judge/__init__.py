"""The judge: baselines, the evidence of memory, and the verdict."""
