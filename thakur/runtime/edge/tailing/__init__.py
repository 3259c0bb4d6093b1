"""Tailing: what replicas write, read from their files and sent to the log sink."""
