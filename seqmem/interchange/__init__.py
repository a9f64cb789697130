"""Results in the formats of other tools: plain Keras, TensorBoard."""
