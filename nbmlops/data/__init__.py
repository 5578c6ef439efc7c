"""Versions of data: what it is, where it came from, what changed."""
