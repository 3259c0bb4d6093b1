"""Caches: what a project's builds leave for its next ones, kept only as far as no failed build has touched it."""
