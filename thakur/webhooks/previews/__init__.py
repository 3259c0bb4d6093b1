"""Previews: which branches and pull requests have one, when it comes and goes, and what the pull request is told."""
