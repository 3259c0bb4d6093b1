"""Filters: whether a commit that was pushed is to be built, at once, later or not at all."""
