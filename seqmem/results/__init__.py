"""What was found, as plain values: everything that is drawn, stored or exported is drawn from here."""
