"""nbmlops: the MLOps loop inside the notebook, in one DuckDB file."""

from __future__ import annotations

__version__ = "0.1.0"
