"""Upkeep: an App is asked how it fares, told where this server is, and let go."""
