"""Packing: what a finished workspace leaves becomes an artifact, named by the digest of its content."""
