"""Sending: which files of a folder go to the server, and the stream that they become."""
