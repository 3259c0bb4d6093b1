"""Detection: from what lies in a folder to the *plan* of its build, without running anything of it.

A *tree* is the folder's names and a few texts; the first *framework* of the table that matches it makes the plan.
"""
