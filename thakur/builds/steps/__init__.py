"""Steps: the commands of a plan, installed and built one after another in the sandbox, each told in the build's log."""
