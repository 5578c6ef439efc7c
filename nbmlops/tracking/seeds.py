"""One seed for every random generator that is in use."""

from __future__ import annotations

import random
import sys


def apply(seed: int) -> None:
    """Seed Python's generator, and NumPy's and PyTorch's if they are imported."""
    random.seed(seed)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(seed % 2**32)
    if (torch := sys.modules.get("torch")) is not None:
        torch.manual_seed(seed)
