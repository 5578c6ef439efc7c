"""Where a run was made: packages, platform, git."""
