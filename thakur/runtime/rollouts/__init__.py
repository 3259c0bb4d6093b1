"""Rollouts: a worker claims a deployment, brings it up on every edge, switches to it, and clears up behind it."""
