"""The stand-in's REST: one file for each *resource*, with the permission that each question needs."""
