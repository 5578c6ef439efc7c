"""Which values are the same group, and what each group is called."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from nbmlops.ui import format as fmt

LABEL: Final = 40


def signature(value: Any) -> Hashable:
    """Equal for values that are one group: 1 and 1.0 are, 1 and "1" are not, nor are None and "none"."""
    if isinstance(value, bool) or value is None:
        return type(value).__name__, value
    if isinstance(value, int | float):
        return "number", value if value == value else "nan"  # NaN is not equal to itself, but it is one group
    return ("text", value) if isinstance(value, str) else (type(value).__name__, repr(value))


def labels(values: Sequence[Any]) -> list[str]:
    """What distinct values are called: short, and longer or from their end where that is the same for several.

    Examples
    --------
    >>> labels([1, 2]), labels([0.00123411, 0.00123449]), labels([1, "1"])
    (['1', '2'], ['0.00123411', '0.00123449'], ['1', "'1'"])
    """
    found = [_label(value) for value in values]
    for told in (_told, _by_end):
        found = _apart(found, values, told)
    seen: dict[str, int] = {}
    for at, label in enumerate(found):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            found[at] = f"{label} ({seen[label]})"
    return found


def _apart(found: Sequence[str], values: Sequence[Any], told: Callable[[Any], str]) -> list[str]:
    """Only labels that several have are told otherwise."""
    several = {label for label in found if found.count(label) > 1} if len(set(found)) < len(found) else set()
    return [told(value) if label in several else label for label, value in zip(found, values, strict=True)]


def _label(value: Any) -> str:
    return "none" if value is None else fmt.short(fmt.value(value), LABEL)


def _told(value: Any) -> str:
    """All digits of a number, text in quotes."""
    if value is None:
        return "none"
    return fmt.short(repr(value) if isinstance(value, str | float) else str(value), LABEL)


def _by_end(value: Any) -> str:
    whole = value if isinstance(value, str) else repr(value)
    return _told(value) if len(whole) <= LABEL - 2 else f"…{fmt.short(whole[1 - LABEL :], LABEL)}"
