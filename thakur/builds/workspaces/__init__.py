"""Workspaces: the directories in which builds run, and how they are put in order again."""
