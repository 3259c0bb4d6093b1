"""Isolation: what a tenant's process sees and may ask of the kernel."""
