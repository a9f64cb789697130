"""What stands between seqmem and TensorFlow: imported without a word, compiled, seeded."""
