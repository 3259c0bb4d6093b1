"""`make demo`: the whole story on this computer alone, and nothing left behind at its end."""
