"""Sources: where the files of a build come from, and how they get into its workspace with nothing of them run."""
