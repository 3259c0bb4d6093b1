"""Limits: how much of the host a tenant's processes get, and how they are counted and ended together."""
