"""What git says of the repositories, the commits that pages make, and git over HTTP."""
