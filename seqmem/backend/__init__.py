"""TensorFlow and Keras: imported silently, compiled, seeded."""
