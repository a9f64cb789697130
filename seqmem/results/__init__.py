"""Results as plain values: all that is drawn, stored or exported."""
