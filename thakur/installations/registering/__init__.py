"""Registering: an admin *departs* for GitHub with a *manifest* and a state, and comes back with an App, then with an installation."""
