"""How an application is started whose own command alone does not do: guided to its port, or led to where it listens."""
