"""Static files: what a path means, which file answers it, how it is sent and for how long it may be kept."""
