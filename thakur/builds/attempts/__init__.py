"""Attempts: who runs which build, from its claim to its end, and what becomes of one whose worker died."""
