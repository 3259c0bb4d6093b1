"""Verbs: one file each, with its parser, what it asks the server, and what it prints."""
