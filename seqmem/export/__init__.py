"""Files without TensorFlow: CSV, JSON, HTML, SVG."""
