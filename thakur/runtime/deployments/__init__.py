"""Deployments, as rows: queued, brought back, refused, kept ready, let go; each with the env vars that it was given."""
