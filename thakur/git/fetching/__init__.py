"""The program that fetches, run in a sandbox: the standard library and pygit2, and nothing else of Thakur.

Its modules are imported by Thakur as well, where they are pure: the grammar of URLs and refs is the same on both sides.
"""
