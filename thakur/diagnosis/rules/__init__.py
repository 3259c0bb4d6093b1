"""The table's rules, a file for each field that they know."""
