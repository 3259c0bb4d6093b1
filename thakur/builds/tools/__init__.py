"""Tools: the programs that build and run applications, and the names by which scripts look for them."""
