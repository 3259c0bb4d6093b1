"""The data plane: the program that visitors talk to, one process a worker, of the standard library alone."""
