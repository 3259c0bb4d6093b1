"""Apps, from their manifest to their end, and where they are installed."""
