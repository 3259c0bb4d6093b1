"""Replicas: the processes of a placement, each with a port and a home, started, kept running, stopped."""
