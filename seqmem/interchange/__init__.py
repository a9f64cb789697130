"""Results for other tools: plain Keras, TensorBoard."""
