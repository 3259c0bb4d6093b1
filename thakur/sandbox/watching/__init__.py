"""Watching: what a sandbox's processes do, as bubblewrap, their output and /proc tell it."""
