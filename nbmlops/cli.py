"""The command line: every command prints what the Python function of the same name returns."""

from __future__ import annotations


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    raise NotImplementedError
