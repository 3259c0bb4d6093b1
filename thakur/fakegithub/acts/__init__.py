"""What people and Apps do to repositories, whichever way they do it; and who is told of it."""
